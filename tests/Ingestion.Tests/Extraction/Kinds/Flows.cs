using System.Text;
using Rag.Ingestion.Extraction;
using Rag.Ingestion.Extraction.Flow;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Tests.Extraction.Kinds;

/// <summary>Reads a file in this process, as the extractor does in its own, and says what became of it in few words.</summary>
internal static class Flows
{
    public static Reading Read(FileKind kind, byte[] file)
    {
        try
        {
            FlowDocument document = FlowReader.Read(kind, file, FlowLimits.Default);
            return new Reading(null, document.Title ?? "", [.. FlowWriter.ToPages(document)]);
        }
        catch (RefusedFileException refused)
        {
            return new Reading(refused.Reason, "", []);
        }
    }

    public static Reading Read(FileKind kind, string file) => Read(kind, Encoding.UTF8.GetBytes(file));

    /// <summary>"H6 Title", "P text", "L • item", "R a|b" in reading order.</summary>
    public static string[] Outline(this Reading reading) =>
    [
        .. reading.Blocks.Select(block => block.Kind switch
        {
            BlockKind.Heading => $"H{block.Rank} {reading.TextOf(block)}",
            BlockKind.ListItem => $"L {reading.TextOf(block)}",
            BlockKind.TableRow => $"R {reading.TextOf(block).Replace('\t', '|')}",
            _ => $"P {reading.TextOf(block)}",
        }),
    ];

    public static string?[] Labels(this Reading reading) => [.. reading.Pages.Select(page => page.Text.Label)];

    public static (HiddenTextKind, string)[] Hidden(this Reading reading) => [.. reading.Pages.SelectMany(page => page.Hidden).Select(span => (span.Kind, span.Text))];

    /// <summary>Pages follow each other without a gap and their blocks hold all of the text but line feeds.</summary>
    public static void AssertWhole(this Reading reading)
    {
        int start = 0;
        foreach (ExtractedPage page in reading.Pages)
        {
            Assert.Equal(start, page.Text.Start);
            Assert.True(page.Text.Text.Length == 0 || page.Text.Text.EndsWith('\n'));
            start += page.Text.Text.Length;
        }

        Assert.Equal(reading.Text.Replace("\n", "", StringComparison.Ordinal), string.Concat(reading.Blocks.Select(reading.TextOf)).Replace("\n", "", StringComparison.Ordinal));
        Assert.DoesNotContain(reading.Blocks, block => reading.TextOf(block).Trim().Length == 0);
    }
}
