using System.Globalization;

namespace Rag.Web.Documents;

/// <summary>Bytes in words, in steps of 1,000 as file managers show them.</summary>
public static class FileSize
{
    public static string Words(long bytes) => bytes switch
    {
        < 1_000 => $"{bytes} bytes",
        < 999_500 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0} kB"),
        < 999_500_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.#} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.#} GB"),
    };
}
