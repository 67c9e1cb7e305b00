namespace Rag.Web.Chat;

/// <summary>Links that lead out. Nobody follows one without having seen where it goes.</summary>
internal static class OutsideLink
{
    public const string Page = "/leaving";

    private const int LongestAddress = 2_000;

    /// <summary>Null for anything but a plain web address: other schemes, relative paths, user names in the address.</summary>
    public static Uri? TryParse(string? address) =>
        address is { Length: <= LongestAddress } && !address.Any(char.IsControl)
        && Uri.TryCreate(address, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
        && uri.UserInfo.Length == 0 && uri.Host.Length > 0
            ? uri
            : null;

    public static string Through(Uri target) => $"{Page}?to={Uri.EscapeDataString(Address(target))}";

    /// <summary>The host as it is asked for: letters of other scripts that look like Latin ones show as punycode.</summary>
    public static string Host(Uri target) => target.IsDefaultPort ? target.IdnHost : $"{target.IdnHost}:{target.Port}";

    /// <summary>The whole address as it is asked for.</summary>
    public static string Address(Uri target) => $"{target.Scheme}://{Host(target)}{target.PathAndQuery}{target.Fragment}";
}
