using System.Globalization;
using System.Text;
using Rag.Testing.Pdf;

namespace Rag.Testing.Hostile;

/// <summary>Draws <see cref="HidingCase"/>s, a page each, with seeded prose around them.</summary>
public sealed class HidingDocument
{
    private static readonly string[] Syllables = ["zor", "vak", "quil", "bex", "mup", "tarn", "lig", "drov", "heft", "wim", "joss", "kerp", "yal", "fuld", "snib", "grot"];
    private static readonly (string Name, double Factor)[] Faces = [("H", 1), ("T", 0.9), ("C", 1.28), ("D", 1), ("B", 1.08), ("O", 1)];

    private readonly List<HidingPage> pages = [];

    public HidingDocument(IEnumerable<(HidingCase Case, int Seed)> cases)
    {
        var pdf = new PdfObjects();
        (string shared, string pictures, string layers) = HidingResources.Add(pdf);
        int tree = pdf.Reserve();
        var kids = new List<int>();
        foreach ((HidingCase hiding, int seed) in cases)
        {
            var random = new Random(seed);
            string phrase = hiding.Expect == HidingExpectation.Visible ? new SeededProse(random.Next()).Heading() : Payload(random);
            var lines = new List<string>();
            string prose = Prose(random, lines);
            string Fill(string text, int form = 0) => text
                .Replace("$PROSE", prose, StringComparison.Ordinal)
                .Replace("$P", phrase, StringComparison.Ordinal)
                .Replace("$Earlier", Shift(phrase), StringComparison.Ordinal)
                .Replace("$Reversed", new string([.. phrase.Reverse()]), StringComparison.Ordinal)
                .Replace("$Zero", ZeroBetween(phrase), StringComparison.Ordinal)
                .Replace("$F", form.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
            int drawn = hiding.Form.Length == 0 ? 0 : pdf.AddStream(Fill(hiding.Form), $"/Type/XObject/Subtype/Form{hiding.FormEntries}/Resources<<{shared}/XObject<<{pictures}>>>>".Replace("$OFF", "1 0 R", StringComparison.Ordinal));
            string content = hiding.Content.Contains("$PROSE", StringComparison.Ordinal) ? hiding.Content : "$PROSE\n" + hiding.Content;
            int stream = pdf.AddStream(Fill(content, drawn));
            string xObjects = pictures + (drawn > 0 ? $"/Fx {drawn} 0 R" : "");
            kids.Add(pdf.Add($"<</Type/Page/Parent {tree} 0 R{Fill(hiding.Page, drawn)}/Resources<<{shared}/XObject<<{xObjects}>>>>/Contents {stream} 0 R>>"));
            pages.Add(new HidingPage(hiding, phrase, lines));
        }

        pdf.Set(tree, $"<</Type/Pages/Count {kids.Count}/Kids[{string.Join(' ', kids.Select(kid => $"{kid} 0 R"))}]>>");
        Bytes = pdf.ToFile(pdf.Add($"<</Type/Catalog/Pages {tree} 0 R{layers}>>"));
    }

    public IReadOnlyList<HidingPage> Pages => pages;

    public byte[] Bytes { get; }

    private static string Payload(Random random) =>
        string.Join(' ', Enumerable.Range(0, 6).Select(_ => string.Concat(Enumerable.Range(0, 3).Select(_ => Syllables[random.Next(Syllables.Length)]))));

    private static string Shift(string text) => string.Concat(text.Select(c => c is >= 'a' and <= 'z' ? (char)(c - 1) : c));

    /// <summary>For a string in a Tj array of operators: after every third letter a zero-width space.</summary>
    private static string ZeroBetween(string text)
    {
        var parts = new StringBuilder();
        for (int i = 0; i < text.Length; i += 3)
        {
            parts.Append(CultureInfo.InvariantCulture, $"/H 10 Tf ({text[i..Math.Min(i + 3, text.Length)]}) Tj /ZW 10 Tf (!) Tj ");
        }

        return parts.ToString();
    }

    /// <summary>Text at the top and at the foot in one or two columns, perhaps with a picture and a tinted box between heading and text. Sets no colour.</summary>
    private static string Prose(Random random, List<string> lines)
    {
        var source = new SeededProse(random.Next());
        (string face, double factor) = Faces[random.Next(Faces.Length)];
        double size = 8 + (random.Next(7) * 0.5), lead = size * (1.15 + (random.NextDouble() * 0.3));
        int columns = random.Next(2) + 1;
        double width = (468 - ((columns - 1) * 24)) / columns;
        var drawing = new StringBuilder();
        void Line(string font, double points, double x, double y, string text)
        {
            lines.Add(text);
            drawing.Append(CultureInfo.InvariantCulture, $"BT /{font} {points:0.##} Tf {x:0.##} {y:0.##} Td ({text}) Tj ET\n");
        }

        Line(random.Next(2) == 0 ? "B" : "T", 15, 72, 740, source.Heading());
        double top = 714;
        if (random.Next(3) == 0)
        {
            drawing.Append("q 90 0 0 60 72 650 cm /Photo Do Q\n");
            top = 636;
        }

        if (random.Next(3) == 0)
        {
            drawing.Append(CultureInfo.InvariantCulture, $"q 0.3 0.3 0.3 RG 0.5 w 66 {top - 145:0.##} 480 {158:0.##} re S Q\n");
        }

        for (int column = 0; column < columns; column++)
        {
            foreach ((double from, double to) in ((double, double)[])[(top, top - 110), (280, 170)])
            {
                double y = from;
                foreach (string line in Helvetica.Wrap(source.Paragraph(9), size * factor, width))
                {
                    if (y < to)
                    {
                        break;
                    }

                    Line(face, size, 72 + (column * (width + 24)), y, line);
                    y -= lead;
                }
            }
        }

        return drawing.ToString();
    }
}
