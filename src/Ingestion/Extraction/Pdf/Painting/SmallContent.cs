using UglyToad.PdfPig;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Filters;
using UglyToad.PdfPig.Graphics.Operations;
using UglyToad.PdfPig.Graphics.Operations.PathConstruction;
using UglyToad.PdfPig.Graphics.Operations.TextShowing;
using UglyToad.PdfPig.Graphics.Operations.TextState;
using UglyToad.PdfPig.Logging;
using UglyToad.PdfPig.Parser;
using UglyToad.PdfPig.Tokenization.Scanner;
using UglyToad.PdfPig.Tokens;

namespace Rag.Ingestion.Extraction.Pdf.Painting;

/// <summary>What a tile, a mask or a drawn glyph paints, as far as a short list of operators tells.</summary>
internal sealed class SmallContent
{
    private const int MostBytes = 600;   // packed; more is a drawing

    /// <summary>Something is painted.</summary>
    public bool Paints { get; private set; }

    /// <summary>Nothing but boxes and text in one colour; else nobody knows.</summary>
    public bool IsPlain { get; private set; } = true;

    /// <summary>The one colour that is set; null for none.</summary>
    public (double Red, double Green, double Blue)? Colour { get; private set; }

    /// <summary>Boxes that are filled, in its own coordinates.</summary>
    public List<Box> Filled { get; } = [];

    /// <summary>The only text that is shown, one code of a font; with its size.</summary>
    public (NameToken Font, double Size, ReadOnlyMemory<byte> Code)? Letter { get; private set; }

    /// <returns>Null where it is long or broken.</returns>
    public static SmallContent? Read(StreamToken stream, IPageContentParser parser, ILookupFilterProvider filters, IPdfTokenScanner scanner, ILog log)
    {
        if (stream.Data.Length > MostBytes)
        {
            return null;
        }

        try
        {
            var content = new SmallContent();
            var decoded = stream.Decode(filters, scanner);
            if (decoded.Length > 16 * MostBytes)
            {
                return null;
            }

            content.Run(parser.Parse(1, new MemoryInputBytes(decoded), log));
            return content;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return null;   // PdfPig throws many types
        }
    }

    private void Run(IReadOnlyList<IGraphicsStateOperation> operations)
    {
        var boxes = new List<Box>();
        bool onlyBoxes = true;
        (NameToken Name, double Size)? font = null;
        int shown = 0;
        foreach (IGraphicsStateOperation operation in operations)
        {
            switch (operation)
            {
                case SetNonStrokeColorDeviceGray grey:
                    Set((grey.Gray, grey.Gray, grey.Gray));
                    break;
                case SetNonStrokeColorDeviceRgb rgb:
                    Set((rgb.R, rgb.G, rgb.B));
                    break;
                case SetNonStrokeColorDeviceCmyk cmyk:
                    Set(((1 - cmyk.C) * (1 - cmyk.K), (1 - cmyk.M) * (1 - cmyk.K), (1 - cmyk.Y) * (1 - cmyk.K)));
                    break;
                case AppendRectangle box:
                    boxes.Add(Box.Around([new PdfPoint(box.LowerLeftX, box.LowerLeftY), new PdfPoint(box.LowerLeftX + box.Width, box.LowerLeftY + box.Height)]));
                    break;
                case SetFontAndSize chosen:
                    font = (chosen.Font, chosen.Size);
                    break;
                case ShowText text:
                    Paints = true;
                    ReadOnlyMemory<byte>? bytes = text.Text is { Length: > 0 } letters ? OtherEncodings.StringAsLatin1Bytes(letters) : text.Bytes;
                    Letter = shown++ == 0 && font is { } used && bytes is { Length: > 0 } code ? (used.Name, used.Size, code) : null;
                    break;
                default:
                    switch (operation.Operator)
                    {
                        case "f" or "F" or "f*":
                            Paints = true;
                            IsPlain &= onlyBoxes;
                            Filled.AddRange(boxes);
                            boxes.Clear();
                            break;
                        case "m" or "l" or "c" or "v" or "y":
                            onlyBoxes = false;
                            break;
                        case "n":
                            boxes.Clear();
                            break;
                        case "q" or "Q" or "BT" or "ET" or "d0" or "d1" or "h" or "w" or "J" or "j" or "M" or "d" or "i" or "ri":
                            break;
                        case "BMC" or "BDC" or "EMC" or "MP" or "DP" or "Tc" or "Tw" or "Td":
                            break;
                        default:
                            IsPlain = false;
                            Paints |= operation.Operator is not ("cm" or "gs" or "cs" or "CS" or "G" or "RG" or "K" or "sc" or "scn" or "SC" or "SCN" or "W" or "W*" or "Tm" or "Tr" or "Tz" or "TL" or "Ts" or "TD" or "T*");
                            break;
                    }

                    break;
            }
        }
    }

    private void Set((double Red, double Green, double Blue) colour)
    {
        IsPlain &= (Colour is null || Colour == colour) && !Paints;   // painted before: in another colour
        Colour = colour;
    }
}
