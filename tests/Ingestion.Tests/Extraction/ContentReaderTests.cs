using System.Text;
using Rag.Ingestion.Extraction.Pdf.Painting;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Graphics;
using UglyToad.PdfPig.Graphics.Operations;
using UglyToad.PdfPig.Graphics.Operations.TextShowing;
using UglyToad.PdfPig.Logging;
using UglyToad.PdfPig.Parser;
using UglyToad.PdfPig.Tokens;

namespace Rag.Ingestion.Tests.Extraction;

/// <summary>Our reader of page content against PdfPig's: the same operations, whatever the content.</summary>
public sealed class ContentReaderTests
{
    private const int Mutations = 4_000;
    private const string Strays = "()<>[]/%\\ \r\n.-+0123456789eqTJjd\0";

    // Between them: every operator, and every way to write an operand that readers take differently.
    private static readonly string[] Pieces =
    [
        "q 1 0 0 1 72.5 -700.25 cm", "BT /F1 12 Tf 0 Tr", "[(Wo)-15.3(rld \\(a\\)\\051 (nested) \\\\)20<48656C6C6F>] TJ", "(Plain) Tj", "<4A6> Tj", "3 -2.125 Td 0 -14 TD T*", "ET Q",
        "0.5 g 1 0 0 RG .25 .5 0 1 k 0 G", "10 20 30 40 re f*", "0 0 m 5. 6 l 1 2 3 4 5 6 c 1 2 3 4 v 1 2 3 4 y h S", "W n", "/P <</MCID 3/Lang(en (x))/A<FF>>> BDC EMC", "/OC /MC0 BDC EMC", "/T BMC EMC",
        "/Cs1 cs 0.1 0.2 0.3 sc /P1 scn 1 0 0 scn /Cs2 CS 0.5 SCN", "[3 2] 0 d 1 J 2 j 10 M 0.75 w", "/Gs1 gs /Im1 Do", "(next) ' 1 2 (more) \"", "1 Tc 2 Tw 90 Tz 14 TL 3 Ts", "/Sh1 sh 500 0 d0 1 2 3 4 5 6 d1",
        "BX EX /Perceptual ri 1 i /M MP", "1 0 0 1 10 20 Tm", "-0 +3 Td", "1e3 2E-2 Td", "123456789012345678 0.1234567890123456789 Td", "-.5 --5 Td", "1-2 3 Td", ". - Td", "(a\\\r\nb\\8\\400) Tj", "(\\376\\377\\000A) Tj",
        "[(a)(b)] [1] TJ", "[] TJ [()] TJ [0] TJ", "(open ) \r> Tj", "/N#41me gs", "% a comment\n1 g", "9 J 1 2 cm", "Tf", "1 2 inf 4 Td", "1 0 0 1 inf 5 cm", "true null Td", "] ) > }", "12Td(x)Tj/F2 9Tf", "<48 65\n6c> Tj <4G> Tj",
        "BI /W 1 /H 1 /BPC 8 /CS /G ID x EI", "EI", "<</A 1", "(never closed", "/", "1 2 3", "xyzzy", "\u0001q\u0085Q\u007f",
    ];

    private readonly PageContentParser usual = new(ReflectionGraphicsStateOperationFactory.Instance, new StackDepthGuard(100), useLenientParsing: true);

    [Fact]
    public void Content_OfAnyKind_GivesTheOperationsThatPdfPigGives()
    {
        var random = new Random(20_261);
        Assert.All(Pieces, Compare);
        for (int i = 0; i < Mutations; i++)
        {
            var content = new StringBuilder(string.Join(random.Next(8) == 0 ? "\r" : "\n", Enumerable.Range(0, random.Next(1, 9)).Select(_ => Pieces[random.Next(Pieces.Length)])));
            for (int change = random.Next(3); change > 0; change--)
            {
                int at = random.Next(content.Length);
                _ = random.Next(3) switch
                {
                    0 => content.Remove(at, Math.Min(1, content.Length)),
                    1 => content.Insert(at, Strays[random.Next(Strays.Length)]),
                    _ => content.Insert(at, Pieces[random.Next(Pieces.Length)]),
                };
            }

            Compare(content.Append('\n').ToString());   // PdfPig loses a letter that ends the content right behind a number
        }
    }

    [Fact]
    public void OrdinaryContent_IsNotLeftToPdfPig()
    {
        var asked = new Asked();
        IReadOnlyList<IGraphicsStateOperation> read = Read(new ContentReader(asked), string.Join('\n', Pieces[..10]));
        Assert.Equal(0, asked.Count);
        Assert.Contains(read, operation => operation is PositionedText);
    }

    private void Compare(string content)
    {
        string expected = Describe(usual, content), read = Describe(new ContentReader(usual), content);
        Assert.True(expected == read, $"{content.Replace('\r', '\n')}\n--- PdfPig\n{expected}\n--- ours\n{read}");
    }

    private static string Describe(IPageContentParser parser, string content)
    {
        try
        {
            return string.Join('\n', Read(parser, content).Select(Describe));
        }
        catch (Exception exception) when (exception is PdfDocumentFormatException or InvalidOperationException or ArgumentException or OverflowException or IndexOutOfRangeException)
        {
            return exception.GetType().Name;
        }
    }

    private static IReadOnlyList<IGraphicsStateOperation> Read(IPageContentParser parser, string content) =>
        parser.Parse(1, new MemoryInputBytes(Encoding.Latin1.GetBytes(content)), NoLog.Instance);

    private static string Describe(IGraphicsStateOperation operation)
    {
        switch (operation)
        {
            case ShowText text:
                return "Tj " + Convert.ToHexString(text.Text is { } letters ? Encoding.Latin1.GetBytes(letters) : text.Bytes.Span);
            case PositionedText or ShowTextsWithPositioning:
                IReadOnlyList<IToken> tokens = operation is PositionedText ours ? ours.Tokens() : ((ShowTextsWithPositioning)operation).Array;
                return "TJ " + string.Join(' ', tokens.Select(Describe).Where(token => token is not ("" or "0")));   // neither moves anything
            default:
                using (var written = new MemoryStream())
                {
                    operation.Write(written);
                    return $"{operation.GetType().Name} {Encoding.Latin1.GetString(written.ToArray())}";
                }
        }
    }

    private static string Describe(IToken token) => token switch
    {
        NumericToken number => number.Data.ToString("R", System.Globalization.CultureInfo.InvariantCulture),
        HexToken hex => "<" + Convert.ToHexString(hex.Bytes),
        StringToken text => text.GetBytes() is { Length: > 0 } bytes ? "<" + Convert.ToHexString(bytes) : "",
        _ => token.ToString()!,
    };

    private sealed class Asked : IPageContentParser
    {
        public int Count { get; private set; }

        public IReadOnlyList<IGraphicsStateOperation> Parse(int pageNumber, IInputBytes inputBytes, ILog log)
        {
            Count++;
            return [];
        }
    }

    private sealed class NoLog : ILog
    {
        public static NoLog Instance { get; } = new();

        public void Debug(string message)
        {
        }

        public void Debug(string message, Exception ex)
        {
        }

        public void Warn(string message)
        {
        }

        public void Error(string message)
        {
        }

        public void Error(string message, Exception ex)
        {
        }
    }
}
