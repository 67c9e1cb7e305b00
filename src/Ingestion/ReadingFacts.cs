using Rag.Ingestion.Extraction;
using Rag.Ingestion.Extraction.Ocr;
using Rag.Retrieval.Indexing;

namespace Rag.Ingestion;

/// <summary>What the pages of a document add up to.</summary>
internal sealed class ReadingFacts
{
    private readonly List<int> withoutText = [];
    private readonly List<int> scanned = [];
    private readonly List<int> recognised = [];
    private readonly List<int> unsure = [];
    private readonly SortedDictionary<string, List<int>> unread = new(StringComparer.Ordinal);   // by why
    private readonly LanguageGuess language = new();
    private int tableCount, hiddenSpans;
    private bool inTable;
    private string? tableCaption;

    /// <returns>How many tables begin on the page.</returns>
    public int Add(ExtractedPage page)
    {
        language.Read(page.Text.Text);
        int tables = CountTables(page);
        if (string.IsNullOrWhiteSpace(page.Text.Text))
        {
            withoutText.Add(page.Text.Number);
        }

        if (page.IsScan)
        {
            scanned.Add(page.Text.Number);
        }

        if (page.Scan is { } scan)
        {
            Add(page.Text.Number, scan);
        }

        (tableCount, hiddenSpans) = (tableCount + tables, hiddenSpans + page.Hidden.Count);
        return tables;
    }

    public DocumentFacts ToFacts(string title, int pageCount, int chunkCount) => new(title, pageCount, chunkCount, withoutText)
    {
        ScannedPages = scanned,
        RecognisedPages = recognised,
        UnsurePages = unsure,
        UnreadScans = [.. unread.Select(one => new UnreadScans(one.Key, one.Value))],
        TableCount = tableCount,
        HiddenSpans = hiddenSpans,
        Language = language.Language,
    };

    private void Add(int page, ScanOutcome scan)
    {
        if (scan.Confidence > 0)
        {
            recognised.Add(page);
        }
        else
        {
            unread.TryAdd(scan.Why, []);
            unread[scan.Why].Add(page);
        }

        if (scan.Confidence > 0 && (scan.IsUnsure || scan.Trouble != ScanTrouble.None))
        {
            unsure.Add(page);   // parts that could not be read make it as doubtful as faint print
        }
    }

    /// <summary>Rows of one table share its caption; a table that goes on from the page before is not counted again.</summary>
    private int CountTables(ExtractedPage page)
    {
        int tables = 0;
        foreach (TextBlock block in page.Blocks)
        {
            bool row = block.Kind == BlockKind.TableRow;
            if (row && !(inTable && block.Caption == tableCaption))
            {
                tables++;
            }

            (inTable, tableCaption) = (row, block.Caption);
        }

        return tables;
    }
}
