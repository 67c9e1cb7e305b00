using Microsoft.Extensions.Options;

namespace Rag.Web;

/// <summary>Settings of the web part; section <c>Docent</c>.</summary>
public sealed class WebOptions
{
    public const string Section = "Docent";

    /// <summary>Largest file that may be uploaded, in bytes. 1,024 to 10,000,000,000; default 100 MB.</summary>
    public long MaxUploadBytes { get; set; } = 100_000_000;

    /// <summary>Largest model file (GGUF) that the administrator may upload, in bytes. 1,024 to 1,000,000,000,000; default 8 GiB. A file on the server's own disk has no limit.</summary>
    public long MaxModelBytes { get; set; } = 8L << 30;

    /// <summary>The address under which others reach this server, e.g. <c>https://docent.example</c>; share links and QR codes carry it. Null: the address in the browser's bar.</summary>
    public string? PublicBaseUrl { get; set; }
}

internal sealed class WebOptionsValidator : IValidateOptions<WebOptions>
{
    public ValidateOptionsResult Validate(string? name, WebOptions options)
    {
        if (options.MaxUploadBytes is < 1024 or > 10_000_000_000)
        {
            return ValidateOptionsResult.Fail("Docent:MaxUploadBytes must be between 1,024 and 10,000,000,000 bytes.");
        }

        if (options.MaxModelBytes is < 1024 or > 1_000_000_000_000)
        {
            return ValidateOptionsResult.Fail("Docent:MaxModelBytes must be between 1,024 and 1,000,000,000,000 bytes.");
        }

        return options.PublicBaseUrl is null
            || (Uri.TryCreate(options.PublicBaseUrl, UriKind.Absolute, out var url) && url is { Scheme: "http" or "https", Query: "" })
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail("Docent:PublicBaseUrl must be an absolute http or https address without a query, such as https://docent.example.");
    }
}
