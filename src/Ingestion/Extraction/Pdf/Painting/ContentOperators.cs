using UglyToad.PdfPig.Graphics.Operations;
using UglyToad.PdfPig.Graphics.Operations.ClippingPaths;
using UglyToad.PdfPig.Graphics.Operations.General;
using UglyToad.PdfPig.Graphics.Operations.MarkedContent;
using UglyToad.PdfPig.Graphics.Operations.PathConstruction;
using UglyToad.PdfPig.Graphics.Operations.PathPainting;
using UglyToad.PdfPig.Graphics.Operations.SpecialGraphicsState;
using UglyToad.PdfPig.Graphics.Operations.TextObjects;
using UglyToad.PdfPig.Graphics.Operations.TextPositioning;
using UglyToad.PdfPig.Graphics.Operations.TextShowing;
using UglyToad.PdfPig.Graphics.Operations.TextState;

namespace Rag.Ingestion.Extraction.Pdf.Painting;

/// <summary>Makes PdfPig's operations of the operators of a page's content (ISO 32000-1, annex A).</summary>
/// <param name="usual">PdfPig's parser, for one operator with its operands.</param>
internal sealed class ContentOperators(ContentOperands operands, ContentOperators.Parser usual)
{
    // Kinds of operands, from first to last.
    private const ulong None = 0, One = ContentOperands.Number, Two = 0x11, Three = 0x111, Four = 0x1111, Six = 0x111111;
    private const ulong Name = ContentOperands.Name, NameAndNumber = 0x21, TwoNames = 0x22, Text = ContentOperands.Text, Array = ContentOperands.Array;

    // What can be read without a look at the operators around it. Pictures within the content (BI) cannot.
    private static readonly Dictionary<int, string> Known = new[]
    {
        "q", "Q", "cm", "gs", "Do", "d", "i", "ri", "sh", "d0", "d1", "BX", "EX",
        "BT", "ET", "TJ", "Tj", "'", "\"", "Td", "TD", "T*", "Tm", "Tf", "Tc", "Tw", "Tz", "TL", "Ts", "Tr",
        "m", "l", "re", "c", "v", "y", "h", "n", "S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "W", "W*", "w", "M", "J", "j",
        "g", "G", "rg", "RG", "k", "K", "cs", "CS", "sc", "SC", "scn", "SCN", "BMC", "BDC", "EMC", "MP", "DP",
    }.ToDictionary(name => name.Aggregate(0, (letters, letter) => (letters << 8) | letter));

    private readonly List<IGraphicsStateOperation> operations = [];

    public delegate IReadOnlyList<IGraphicsStateOperation> Parser(ReadOnlySpan<byte> piece);

    /// <returns>Null where something is not understood.</returns>
    public List<IGraphicsStateOperation>? ReadAll()
    {
        while (operands.Next() is { } letters)
        {
            if (letters == 0)
            {
                return operations;
            }

            if (!Known.TryGetValue(letters, out string? name))
            {
                break;
            }

            if (Of(name) is { } operation)
            {
                operations.Add(operation);
            }
            else
            {
                operations.AddRange(usual(operands.Piece));
            }
        }

        return null;
    }

    /// <returns>Null for an operator or operands that are left to PdfPig.</returns>
    private IGraphicsStateOperation? Of(string name) => (name, operands.Kinds) switch
    {
        ("q", None) => Push.Value,
        ("Q", None) => Pop.Value,
        ("cm", Six) => new ModifyCurrentTransformationMatrix(operands.Numbers()),
        ("gs", Name) => new SetGraphicsStateParametersFromDictionary(operands.LastName),
        ("Do", Name) => new InvokeNamedXObject(operands.LastName),
        _ => OfText(name) ?? OfPath(name) ?? OfColour(name) ?? OfMark(name),
    };

    private IGraphicsStateOperation? OfText(string name) => (name, operands.Kinds) switch
    {
        ("BT", None) => BeginText.Value,
        ("ET", None) => EndText.Value,
        ("TJ", Array) => new PositionedText(operands.Pieces(), operands.Codes()),
        ("Tj", Text) => new ShowText(operands.Codes()),
        ("Td", Two) => new MoveToNextLineWithOffset(operands[0], operands[1]),
        ("TD", Two) => new MoveToNextLineWithOffsetSetLeading(operands[0], operands[1]),
        ("T*", None) => MoveToNextLine.Value,
        ("Tm", Six) => new SetTextMatrix(operands.Numbers()),
        ("Tf", NameAndNumber) => new SetFontAndSize(operands.LastName, operands[0]),
        ("Tc", One) => new SetCharacterSpacing(operands[0]),
        ("Tw", One) => new SetWordSpacing(operands[0]),
        ("Tz", One) => new SetHorizontalScaling(operands[0]),
        ("TL", One) => new SetTextLeading(operands[0]),
        ("Ts", One) => new SetTextRise(operands[0]),
        ("Tr", One) => new SetTextRenderingMode((int)operands[0]),
        _ => null,
    };

    private IGraphicsStateOperation? OfPath(string name) => (name, operands.Kinds) switch
    {
        ("m", Two) => new BeginNewSubpath(operands[0], operands[1]),
        ("l", Two) => new AppendStraightLineSegment(operands[0], operands[1]),
        ("re", Four) => new AppendRectangle(operands[0], operands[1], operands[2], operands[3]),
        ("c", Six) => new AppendDualControlPointBezierCurve(operands[0], operands[1], operands[2], operands[3], operands[4], operands[5]),
        ("v", Four) => new AppendStartControlPointBezierCurve(operands[0], operands[1], operands[2], operands[3]),
        ("y", Four) => new AppendEndControlPointBezierCurve(operands[0], operands[1], operands[2], operands[3]),
        ("h", None) => CloseSubpath.Value,
        ("n", None) => EndPath.Value,
        ("S", None) => StrokePath.Value,
        ("s", None) => CloseAndStrokePath.Value,
        ("f", None) => FillPathNonZeroWinding.Value,
        ("F", None) => FillPathNonZeroWindingCompatibility.Value,
        ("f*", None) => FillPathEvenOddRule.Value,
        ("B", None) => FillPathNonZeroWindingAndStroke.Value,
        ("B*", None) => FillPathEvenOddRuleAndStroke.Value,
        ("b", None) => CloseFillPathNonZeroWindingAndStroke.Value,
        ("b*", None) => CloseFillPathEvenOddRuleAndStroke.Value,
        ("W", None) => ModifyClippingByNonZeroWindingIntersect.Value,
        ("W*", None) => ModifyClippingByEvenOddIntersect.Value,
        ("w", One) => new SetLineWidth(operands[0]),
        ("M", One) => new SetMiterLimit(operands[0]),
        ("J", One) when operands[0] is 0 or 1 or 2 => new SetLineCap((int)operands[0]),
        ("j", One) when operands[0] is 0 or 1 or 2 => new SetLineJoin((int)operands[0]),
        _ => null,
    };

    private IGraphicsStateOperation? OfColour(string name) => (name, operands.Kinds) switch
    {
        ("g", One) => new SetNonStrokeColorDeviceGray(operands[0]),
        ("G", One) => new SetStrokeColorDeviceGray(operands[0]),
        ("rg", Three) => new SetNonStrokeColorDeviceRgb(operands[0], operands[1], operands[2]),
        ("RG", Three) => new SetStrokeColorDeviceRgb(operands[0], operands[1], operands[2]),
        ("k", Four) => new SetNonStrokeColorDeviceCmyk(operands[0], operands[1], operands[2], operands[3]),
        ("K", Four) => new SetStrokeColorDeviceCmyk(operands[0], operands[1], operands[2], operands[3]),
        ("cs", Name) => new SetNonStrokeColorSpace(operands.LastName),
        ("CS", Name) => new SetStrokeColorSpace(operands.LastName),
        ("sc", One or Three or Four) => new SetNonStrokeColor(operands.Numbers()),
        ("SC", One or Three or Four) => new SetStrokeColor(operands.Numbers()),
        ("scn", One or Three or Four) => new SetNonStrokeColorAdvanced(operands.Numbers()),
        ("SCN", One or Three or Four) => new SetStrokeColorAdvanced(operands.Numbers()),
        _ => null,
    };

    private IGraphicsStateOperation? OfMark(string name) => (name, operands.Kinds) switch
    {
        ("BMC", Name) => new BeginMarkedContent(operands.LastName),
        ("BDC", TwoNames) => new BeginMarkedContentWithProperties(operands.FirstName, operands.LastName),
        ("EMC", None) => EndMarkedContent.Value,
        _ => null,
    };
}
