namespace Rag.Web;

/// <summary>Everything the web part logs: ids, never content, never a token.</summary>
internal static partial class Log
{
    [LoggerMessage(100, LogLevel.Critical, "Docent did not start. {Reason}")]
    public static partial void StartRefused(this ILogger logger, string reason);

    [LoggerMessage(101, LogLevel.Information, "Data folder: {Folder}")]
    public static partial void DataFolderOpened(this ILogger logger, string folder);

    [LoggerMessage(102, LogLevel.Information, "Docent is ready: open {Address} in a browser")]
    public static partial void Ready(this ILogger logger, string address);

    [LoggerMessage(110, LogLevel.Information, "Account {Account} was created by the set-up link")]
    public static partial void OwnerCreated(this ILogger logger, string account);

    [LoggerMessage(111, LogLevel.Information, "Account {Account} got a new password by the set-up link")]
    public static partial void OwnerReset(this ILogger logger, string account);

    [LoggerMessage(112, LogLevel.Information, "Account {Account} signed in")]
    public static partial void SignedIn(this ILogger logger, string account);

    [LoggerMessage(113, LogLevel.Warning, "A sign-in failed (locked out: {LockedOut})")]
    public static partial void SignInFailed(this ILogger logger, bool lockedOut);

    [LoggerMessage(120, LogLevel.Warning, "The storage is full or not writable; an upload was not kept")]
    public static partial void UploadNotKept(this ILogger logger, Exception failure);

    [LoggerMessage(128, LogLevel.Information, "An upload was broken off by its sender; nothing of it was kept")]
    public static partial void UploadBrokenOff(this ILogger logger);

    [LoggerMessage(121, LogLevel.Warning, "Status source {Source} failed")]
    public static partial void StatusSourceFailed(this ILogger logger, Exception failure, string source);

    [LoggerMessage(123, LogLevel.Error, "The self-test failed")]
    public static partial void SelfTestFailed(this ILogger logger, Exception failure);

    [LoggerMessage(124, LogLevel.Information, "Model {Model} was imported into {Folder}")]
    public static partial void ModelImported(this ILogger logger, string model, string folder);

    [LoggerMessage(125, LogLevel.Warning, "A model was not imported: {Reason}")]
    public static partial void ModelNotImported(this ILogger logger, string reason);

    [LoggerMessage(126, LogLevel.Error, "The import of a model failed")]
    public static partial void ModelImportFailed(this ILogger logger, Exception failure);

    [LoggerMessage(127, LogLevel.Information, "Model {Model} was removed")]
    public static partial void ModelRemoved(this ILogger logger, string model);

    [LoggerMessage(122, LogLevel.Warning, "Evidence was not ranked by the chat model: {Reason}")]
    public static partial void EvidenceNotRanked(this ILogger logger, string reason);
}
