using System.Globalization;

namespace Rag.Retrieval.Knowledge;

/// <summary>What a file is counted in, in words for its owner: only some kinds have pages that anybody else knows.</summary>
public static class PlaceUnit
{
    /// <summary>"1 page", "12 slides", "3 parts".</summary>
    public static string Count(string fileName, int count) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {Of(fileName)}{(count == 1 ? "" : "s")}");

    /// <summary>"page", "slide" or "part".</summary>
    public static string Of(string fileName) => Path.GetExtension(fileName).ToLowerInvariant() switch
    {
        ".pdf" or ".png" or ".jpg" or ".jpeg" or ".tif" or ".tiff" => "page",
        ".pptx" or ".pptm" => "slide",
        _ => "part",
    };
}
