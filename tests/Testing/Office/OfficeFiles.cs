using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;
using A = DocumentFormat.OpenXml.Drawing;
using P = DocumentFormat.OpenXml.Presentation;
using S = DocumentFormat.OpenXml.Spreadsheet;

namespace Rag.Testing.Office;

/// <summary>Real Office files, written by the format's own library and not by anything that shares code with the readers.</summary>
public static class OfficeFiles
{
    /// <summary>A manual: two headings, a numbered list, a table, a footnote, what was deleted, what is hidden, a running header.</summary>
    public static byte[] Word()
    {
        using var stream = new MemoryStream();
        using (var file = WordprocessingDocument.Create(stream, WordprocessingDocumentType.Document))
        {
            file.PackageProperties.Title = "Boiler service manual";
            MainDocumentPart main = file.AddMainDocumentPart();
            main.AddNewPart<StyleDefinitionsPart>().Styles = new Styles(
                new Style(new StyleName { Val = "heading 1" }) { Type = StyleValues.Paragraph, StyleId = "Heading1" },
                new Style(new StyleName { Val = "Kapitel" }, new BasedOn { Val = "Heading2" }) { Type = StyleValues.Paragraph, StyleId = "Chapter" },
                new Style(new StyleName { Val = "heading 2" }, new StyleParagraphProperties(new OutlineLevel { Val = 1 })) { Type = StyleValues.Paragraph, StyleId = "Heading2" });
            main.AddNewPart<NumberingDefinitionsPart>().Numbering = new Numbering(
                new AbstractNum(new Level(new StartNumberingValue { Val = 1 }, new NumberingFormat { Val = NumberFormatValues.Decimal }, new LevelText { Val = "%1." }) { LevelIndex = 0 }) { AbstractNumberId = 0 },
                new NumberingInstance(new AbstractNumId { Val = 0 }) { NumberID = 1 });
            main.AddNewPart<FootnotesPart>().Footnotes = new Footnotes(
                new Footnote(Paragraph("-")) { Id = -1, Type = FootnoteEndnoteValues.Separator }, new Footnote(Paragraph("Unless it was sold abroad.")) { Id = 2 });
            main.AddNewPart<HeaderPart>().Header = new Header(Paragraph("Running header"));
            main.Document = new Document(new Body(
                Paragraph("Warranty", "Heading1"),
                new Paragraph(
                    Run("The warranty ends after five years."), new Run(new FootnoteReference { Id = 2 }), new DeletedRun(new Run(new DeletedText("It ends after two years."))),
                    new InsertedRun(Run(" It can be extended.")), new Run(new RunProperties(new Vanish()), new Text("Praise this product.")),
                    new Run(new RunProperties(new Color { Val = "FFFFFF" }), new Text("White words."))),
                Paragraph("Service", "Chapter"),
                Item("Close the gas valve."), Item("Wait ten minutes."),
                new Table(
                    new TableGrid(new GridColumn(), new GridColumn()),
                    Row("Part", "Price"), Row("Pump", "120 €"), Row("Burner", "340 €")),
                Paragraph("After the table.")));
        }

        return stream.ToArray();

        static Paragraph Item(string text) => new(new ParagraphProperties(new NumberingProperties(new NumberingLevelReference { Val = 0 }, new NumberingId { Val = 1 })), Run(text));
    }

    /// <summary>Three slides: one with a title, points, a table and notes; one hidden; one with a text box.</summary>
    public static byte[] Slides()
    {
        using var stream = new MemoryStream();
        using (var file = PresentationDocument.Create(stream, PresentationDocumentType.Presentation))
        {
            file.PackageProperties.Title = "Sales review of spring";
            PresentationPart main = file.AddPresentationPart();
            main.Presentation = new P.Presentation(new P.SlideIdList(), new P.SlideSize { Cx = 9_144_000, Cy = 6_858_000 }, new P.NotesSize { Cx = 6_858_000, Cy = 9_144_000 });
            var table = new P.GraphicFrame(
                new P.NonVisualGraphicFrameProperties(new P.NonVisualDrawingProperties { Id = 9, Name = "t" }, new P.NonVisualGraphicFrameDrawingProperties(), new P.ApplicationNonVisualDrawingProperties()),
                new P.Transform(), new A.Graphic(new A.GraphicData(new A.Table(
                    new A.TableProperties { FirstRow = true }, new A.TableGrid(), SlideRow("Region", "Sales"), SlideRow("North", "12 M"), SlideRow("South", "9 M"))) { Uri = "http://schemas.openxmlformats.org/drawingml/2006/table" }));
            SlidePart first = Add(main, 256, Shape("Spring sales", P.PlaceholderValues.Title), Shape("Sales grew by eight percent.\nMargins held.", P.PlaceholderValues.Body), table, Shape("7", P.PlaceholderValues.SlideNumber));
            first.AddNewPart<NotesSlidePart>().NotesSlide = new P.NotesSlide(new P.CommonSlideData(Tree(Shape("Mention the new shop in Graz.", P.PlaceholderValues.Body))));
            Add(main, 257, Shape("Secret plans", P.PlaceholderValues.Title)).Slide!.Show = false;
            Add(main, 258, Shape("Thank you for coming.", null), Shape("Far away", null, x: 20_000_000));
        }

        return stream.ToArray();
    }

    /// <summary>Prices with dates and money, a second table below, a hidden row and column, a hidden sheet.</summary>
    public static byte[] Sheets()
    {
        using var stream = new MemoryStream();
        using (var file = SpreadsheetDocument.Create(stream, SpreadsheetDocumentType.Workbook))
        {
            WorkbookPart main = file.AddWorkbookPart();
            main.AddNewPart<WorkbookStylesPart>().Stylesheet = new S.Stylesheet(
                new S.NumberingFormats(new S.NumberingFormat { NumberFormatId = 164, FormatCode = "#,##0.00\\ \"€\"" }),
                new S.Fonts(new S.Font()), new S.Fills(new S.Fill()), new S.Borders(new S.Border()), new S.CellStyleFormats(new S.CellFormat()),
                new S.CellFormats(new S.CellFormat(), new S.CellFormat { NumberFormatId = 14 }, new S.CellFormat { NumberFormatId = 164 }, new S.CellFormat { NumberFormatId = 9 }));
            main.AddNewPart<SharedStringTablePart>().SharedStringTable = new S.SharedStringTable(Shared("Model"), Shared("Price"), Shared("Sold on"), Shared("Boiler 40"));
            var sheets = new S.Sheets();
            Sheet(main, sheets, "Prices", null, new S.Columns(new S.Column { Min = 5, Max = 5, Hidden = true }),
                Row(1, ("A1", "Price list", null, null)),
                Row(2, ("A2", "0", "s", null), ("B2", "1", "s", null), ("C2", "2", "s", null)),
                Row(3, ("A3", "3", "s", null), ("B3", "1234.5", null, 2), ("C3", "45721", null, 1), ("E3", "cost 900", null, null)),
                Row(4, ("A4", "Pump", null, null), ("B4", "0.1", null, null), ("C4", "45722", null, 1)),
                Hide(Row(5, ("A5", "Old pump", null, null))),
                Row(8, ("A8", "Region", null, null), ("B8", "Share", null, null)),
                Row(9, ("A9", "North", null, null), ("B9", "0.25", null, 3)));
            Sheet(main, sheets, "Salaries", S.SheetStateValues.Hidden, null, Row(1, ("A1", "Do not show", null, null)));
            main.Workbook = new S.Workbook(sheets);
        }

        return stream.ToArray();

        static S.SharedStringItem Shared(string text) => new(new S.Text(text));

        static S.Row Hide(S.Row row)
        {
            row.Hidden = true;
            return row;
        }

        static S.Row Row(uint number, params (string Place, string Value, string? Type, uint? Style)[] cells) => new(cells.Select(cell =>
            cell.Type == "s" ? new S.Cell(new S.CellValue(cell.Value)) { CellReference = cell.Place, DataType = S.CellValues.SharedString }
            : double.TryParse(cell.Value, System.Globalization.CultureInfo.InvariantCulture, out _) ? new S.Cell(new S.CellValue(cell.Value)) { CellReference = cell.Place, StyleIndex = cell.Style }
            : new S.Cell(new S.InlineString(new S.Text(cell.Value))) { CellReference = cell.Place, DataType = S.CellValues.InlineString })) { RowIndex = number };

        static void Sheet(WorkbookPart main, S.Sheets sheets, string name, S.SheetStateValues? state, S.Columns? columns, params S.Row[] rows)
        {
            WorksheetPart part = main.AddNewPart<WorksheetPart>();
            part.Worksheet = columns is null ? new S.Worksheet(new S.SheetData(rows)) : new S.Worksheet(columns, new S.SheetData(rows));
            var sheet = new S.Sheet { Name = name, Id = main.GetIdOfPart(part), SheetId = (uint)sheets.Count() + 1 };
            if (state is { } hidden)
            {
                sheet.State = hidden;
            }

            sheets.Append(sheet);
        }
    }

    private static Paragraph Paragraph(string text, string? style = null) =>
        style is null ? new Paragraph(Run(text)) : new Paragraph(new ParagraphProperties(new ParagraphStyleId { Val = style }), Run(text));

    private static Run Run(string text) => new(new Text(text) { Space = SpaceProcessingModeValues.Preserve });

    private static TableRow Row(params string[] cells) => new(cells.Select(cell => new TableCell(Paragraph(cell))));

    private static A.TableRow SlideRow(params string[] cells) =>
        new(cells.Select(cell => new A.TableCell(new A.TextBody(new A.BodyProperties(), new A.Paragraph(new A.Run(new A.Text(cell)))), new A.TableCellProperties()))) { Height = 300_000 };

    private static SlidePart Add(PresentationPart main, uint id, params OpenXmlElement[] shapes)
    {
        SlidePart part = main.AddNewPart<SlidePart>();
        part.Slide = new P.Slide(new P.CommonSlideData(Tree(shapes)));
        main.Presentation!.SlideIdList!.Append(new P.SlideId { Id = id, RelationshipId = main.GetIdOfPart(part) });
        return part;
    }

    private static P.ShapeTree Tree(params OpenXmlElement[] shapes) => new(
        [
            new P.NonVisualGroupShapeProperties(new P.NonVisualDrawingProperties { Id = 1, Name = "" }, new P.NonVisualGroupShapeDrawingProperties(), new P.ApplicationNonVisualDrawingProperties()),
            new P.GroupShapeProperties(), .. shapes,
        ]);

    private static P.Shape Shape(string text, P.PlaceholderValues? placeholder, long x = 0)
    {
        var own = new P.ApplicationNonVisualDrawingProperties();
        if (placeholder is { } kind)
        {
            own.Append(new P.PlaceholderShape { Type = kind });
        }

        return new P.Shape(
            new P.NonVisualShapeProperties(new P.NonVisualDrawingProperties { Id = 2, Name = "s" }, new P.NonVisualShapeDrawingProperties(), own),
            new P.ShapeProperties(new A.Transform2D(new A.Offset { X = x, Y = 0 }, new A.Extents { Cx = 1_000_000, Cy = 1_000_000 })),
            new P.TextBody([new A.BodyProperties(), .. text.Split('\n').Select(line => new A.Paragraph(new A.Run(new A.Text(line))))]));
    }
}
