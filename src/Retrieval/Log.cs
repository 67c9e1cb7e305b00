using Microsoft.Extensions.Logging;
using Rag.Retrieval.Indexing.Qdrant;
using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Knowledge database migrated from {From} to {To} changes")]
    public static partial void DatabaseMigrated(this ILogger logger, int from, int to);

    [LoggerMessage(2, LogLevel.Warning, "Job of document {Document} was left by its worker, crash {Crashes}")]
    public static partial void JobCrashed(this ILogger logger, DocumentId document, int crashes);

    [LoggerMessage(3, LogLevel.Warning, "Document {Document} failed in attempt {Attempt}: {Reason}")]
    public static partial void DocumentFailed(this ILogger logger, DocumentId document, int attempt, RefusalReason reason);

    [LoggerMessage(4, LogLevel.Information, "Document {Document} is live in generation {Generation} with {Passages} passages")]
    public static partial void DocumentPublished(this ILogger logger, DocumentId document, int generation, int passages);

    [LoggerMessage(5, LogLevel.Information, "Remains of document {Document} deleted: {Passages} passages")]
    public static partial void RemainsDeleted(this ILogger logger, DocumentId document, int passages);

    [LoggerMessage(6, LogLevel.Error, "Deleting remains failed; it will be tried again")]
    public static partial void CleanUpFailed(this ILogger logger, Exception error);

    [LoggerMessage(7, LogLevel.Information, "{Count} uploads without a document deleted")]
    public static partial void OrphansDeleted(this ILogger logger, int count);

    [LoggerMessage(8, LogLevel.Debug, "Index of knowledge base {KnowledgeBase} loaded: {Passages} passages in {Blocks} blocks")]
    public static partial void BlocksLoaded(this ILogger logger, KnowledgeBaseId knowledgeBase, int passages, int blocks);

    [LoggerMessage(9, LogLevel.Warning, "Index file {File} of knowledge base {KnowledgeBase} is damaged or of another version; it is built again from the database")]
    public static partial void BlockDamaged(this ILogger logger, KnowledgeBaseId knowledgeBase, string file);

    [LoggerMessage(10, LogLevel.Warning, "Index files of knowledge base {KnowledgeBase} could not be written; search goes on from memory")]
    public static partial void BlocksNotSaved(this ILogger logger, Exception error, KnowledgeBaseId knowledgeBase);

    [LoggerMessage(11, LogLevel.Warning, "Index file {File} of knowledge base {KnowledgeBase} could not be opened; its passages are read from the database")]
    public static partial void BlockNotOpened(this ILogger logger, Exception error, KnowledgeBaseId knowledgeBase, string file);

    [LoggerMessage(30, LogLevel.Information, "Qdrant collection {Collection} created")]
    public static partial void QdrantCollectionCreated(this ILogger logger, string collection);

    [LoggerMessage(31, LogLevel.Information, "Qdrant collection {Collection} deleted: no embedding model in use has its vectors there")]
    public static partial void QdrantCollectionDeleted(this ILogger logger, string collection);

    [LoggerMessage(32, LogLevel.Warning, "Search in knowledge base {KnowledgeBase} failed, {Failure}: {Reason}")]
    public static partial void QdrantSearchFailed(this ILogger logger, KnowledgeBaseId knowledgeBase, QdrantFailure failure, string reason);

    [LoggerMessage(33, LogLevel.Warning, "Document {Document} waits {Pause} for Qdrant, {Failure}: {Reason}")]
    public static partial void QdrantWaiting(this ILogger logger, DocumentId document, TimeSpan pause, QdrantFailure failure, string reason);

    [LoggerMessage(34, LogLevel.Warning, "Qdrant cannot be used, {Failure}: {Reason}")]
    public static partial void QdrantAway(this ILogger logger, QdrantFailure failure, string reason);

    [LoggerMessage(35, LogLevel.Error, "Comparing Qdrant with the database failed; it will be tried again")]
    public static partial void QdrantComparisonFailed(this ILogger logger, Exception error);

    [LoggerMessage(36, LogLevel.Warning, "Knowledge base {KnowledgeBase} has {There} of {Expected} passages in Qdrant")]
    public static partial void QdrantDiffers(this ILogger logger, KnowledgeBaseId knowledgeBase, long there, long expected);

    [LoggerMessage(37, LogLevel.Information, "Knowledge base {KnowledgeBase} repaired in Qdrant: {Written} passages written, {Deleted} deleted")]
    public static partial void QdrantRepaired(this ILogger logger, KnowledgeBaseId knowledgeBase, long written, long deleted);

    [LoggerMessage(38, LogLevel.Information, "{Passages} passages of a knowledge base that is no more deleted from Qdrant")]
    public static partial void QdrantForeignDeleted(this ILogger logger, long passages);

    [LoggerMessage(40, LogLevel.Information, "Embedding model {Model} is to take over: {Done} of {All} passages embedded")]
    public static partial void TakeoverProgress(this ILogger logger, string model, int done, int all);

    [LoggerMessage(41, LogLevel.Information, "Embedding model {Model} has taken over")]
    public static partial void TakeoverDone(this ILogger logger, string model);

    [LoggerMessage(42, LogLevel.Warning, "Changing the embedding model is held up; it will be tried again")]
    public static partial void TakeoverFailed(this ILogger logger, Exception error);

    [LoggerMessage(43, LogLevel.Information, "Document {Document} waits until the embedding model has taken over")]
    public static partial void DocumentWaitsForTakeover(this ILogger logger, DocumentId document);
}
