using System.Globalization;
using Rag.Web.Documents;

namespace Rag.Web.Chat;

/// <summary>A place in a file as a reader names it: a page where there are pages, else a slide, a section, some rows or lines.</summary>
internal static class PlaceWords
{
    /// <param name="label">For files with pages the printed number where it differs; for others the name of the place; or null.</param>
    public static string Of(string fileName, int page, string? label) => FileNames.Kind(fileName) switch
    {
        null or FileKind.Pdf => label is { } printed ? $"p. {Number(page)} (printed {printed})" : $"p. {Number(page)}",
        _ when label is { } place => place,
        { } kind when page == 1 => WholeFile(kind),
        _ => $"part {Number(page)}",
    };

    /// <summary>Above the opened source: with the number of pages where that says something.</summary>
    public static string Long(string fileName, int page, string? label, int? count) => FileNames.Kind(fileName) switch
    {
        null or FileKind.Pdf => $"page {Number(page)}" + (count is { } all ? $" of {Number(all)}" : "") + (label is { } printed ? $", printed as {printed}" : ""),
        _ => Of(fileName, page, label),
    };

    /// <summary>Several pages at once, where no single place is meant.</summary>
    public static string Range(string fileName, int from, int to) => FileNames.Kind(fileName) switch
    {
        null or FileKind.Pdf => new Retrieval.Knowledge.PageRange(from, to).ToString(),
        _ => from == to ? $"part {Number(from)}" : $"parts {Number(from)}–{Number(to)}",
    };

    private static string WholeFile(FileKind kind) => kind switch
    {
        FileKind.Word => "Word document",
        FileKind.Slides => "slides",
        FileKind.Sheets => "workbook",
        FileKind.Csv => "table",
        FileKind.Html => "web page",
        FileKind.Epub => "book",
        FileKind.Mail => "e-mail",
        FileKind.Image => "picture",
        _ => "text file",
    };

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
