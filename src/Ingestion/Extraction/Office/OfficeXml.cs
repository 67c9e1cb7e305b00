using System.Globalization;
using System.Xml.Linq;

namespace Rag.Ingestion.Extraction.Office;

/// <summary>Elements and attributes by local name.</summary>
internal static class OfficeXml
{
    public static bool Is(this XElement element, string name) => element.Name.LocalName == name;

    public static XElement? Child(this XElement element, string name) => element.Elements().FirstOrDefault(child => child.Name.LocalName == name);

    public static IEnumerable<XElement> Children(this XElement element, string name) => element.Elements().Where(child => child.Name.LocalName == name);

    /// <summary>Elements of a name at any depth.</summary>
    public static IEnumerable<XElement> All(this XElement element, string name) => element.Descendants().Where(child => child.Name.LocalName == name);

    public static string? Attr(this XElement element, string name) => element.Attributes().FirstOrDefault(attribute => attribute.Name.LocalName == name)?.Value;

    /// <summary>The "val" of a child; null where there is no such child or no value.</summary>
    public static string? Val(this XElement? element, string child) => element?.Child(child)?.Attr("val");

    /// <summary>A switch: null where it is not set, false where it is switched off.</summary>
    public static bool? Flag(this XElement? element, string child) =>
        element?.Child(child) is { } flag ? flag.Attr("val") is not ("0" or "false" or "off" or "none") : null;

    public static int? Int(string? text) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? number : null;

    public static long? Long(string? text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : null;

    public static double? Double(string? text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number : null;
}
