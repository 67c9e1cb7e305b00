using Rag.Ingestion.Chunking;
using Rag.Ingestion.Extraction;
using Rag.Retrieval.Indexing;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Tests.Chunking;

/// <summary>Structure first, then sentences, then words; a word counts as one token here.</summary>
public sealed class ChunkerTests
{
    private static readonly ChunkLimits Limits = new(Body: 20, Prefix: 16, Caption: 12);

    [Fact]
    public void Section_WithItsHeading_IsOneChunkUnderTheHeadingsAbove()
    {
        Draft[] chunks = Cut("# Tools\n\n## Hammers\n\nA hammer drives nails.\n\n## Saws\n\nA saw cuts wood.\n\nA fine saw cuts finely.");
        Assert.Equal(
            [
                new("# Tools\n\n## Hammers\n\nA hammer drives nails.", "Tools › Hammers"),
                new("## Saws\n\nA saw cuts wood.\n\nA fine saw cuts finely.", "Tools › Saws"),
            ], chunks);
    }

    [Fact]
    public void Paragraphs_ThatTogetherAreTooLong_ArePartedBetweenThem()
    {
        string first = Words(12), second = Words(12);
        Assert.Equal([new(first, null), new(second, null)], Cut($"{first}\n\n{second}"));
    }

    [Fact]
    public void Paragraph_ThatIsTooLong_IsPartedBetweenSentences()
    {
        const string A = "The first of three sentences has exactly nine words.", B = "The second one, by Mr. Smith, has just nine.", C = "The third sentence stands alone in its own chunk.";
        Assert.Equal([new($"{A} {B}", null), new(C, null)], Cut($"{A} {B} {C}"));
    }

    [Fact]
    public void Sentence_ThatIsTooLong_IsPartedBetweenWords()
    {
        Assert.Equal([20, 20, 5], Cut(Words(45)).Select(chunk => chunk.Text.Split(' ').Length));
    }

    [Fact]
    public void Word_WithoutEnd_IsCutByLength()
    {
        Draft[] chunks = Cut(new string('x', 1_000));
        Assert.All(chunks, chunk => Assert.InRange(chunk.Text.Length, 1, Limits.Body * 8 + 8));
        Assert.Equal(1_000, chunks.Sum(chunk => chunk.Text.Length));
    }

    [Fact]
    public void TableRows_StayWhole_AndEachChunkHasTheCaption()
    {
        string rows = string.Join('\n', Enumerable.Range(1, 8).Select(i => $"| row {i} | {i * 100} |"));
        IReadOnlyList<ChunkDraft> chunks = Drafts($"Before the table.\n\n| Name | Value |\n|---|---|\n{rows}\n\nAfter the table.");
        Assert.Equal("Before the table.", chunks[0].Text);
        Assert.Equal("After the table.", chunks[^1].Text);
        Assert.Null(chunks[0].Caption);
        Assert.True(chunks.Count > 3);
        Assert.All(chunks.Skip(1).SkipLast(1), chunk =>
        {
            Assert.Equal("Name | Value", chunk.Caption);
            Assert.All(chunk.Text.Split('\n'), line => Assert.True(line.StartsWith('|') && line.EndsWith('|')));
        });
    }

    [Fact]
    public void Cutting_ARowOfMegabytes_CanBeCancelled()
    {
        using var cancel = new CancellationTokenSource();
        var chunker = new HeadingChunker(new TokenWindow(new WordCounter()), Limits, 0, cancel.Token);
        ExtractedPage page = TextExtractor.Extract(System.Text.Encoding.UTF8.GetBytes(Words(5_000)), FileKind.PlainText);
        Assert.NotEmpty(chunker.Add(page));
        cancel.Cancel();
        Assert.Throws<OperationCanceledException>(() => chunker.Add(page with { Text = page.Text with { Start = page.Text.Text.Length }, Blocks = [.. page.Blocks.Select(block => block with { Start = block.Start + page.Text.Text.Length, End = block.End + page.Text.Text.Length })] }));
    }

    [Fact]
    public void Prefix_OfNothing_HasNoHeadings() =>
        Assert.All(
            Chunks.Cut([TextExtractor.Extract("# A heading\n\nText under it."u8.ToArray(), FileKind.Markdown)], new WordCounter(), Limits with { Prefix = 0 }, titleTokens: 0),
            chunk => Assert.Null(chunk.HeadingPath));

    [Fact]
    public void Heading_AtTheEnd_IsNotLost()
    {
        Assert.Equal("# Last words", Cut("Some text.\n\n# Last words")[^1].Text);
    }

    [Fact]
    public void EmptyDocument_HasNoChunks() => Assert.Empty(Drafts(""));

    private static string Words(int count) => string.Join(' ', Enumerable.Range(1, count).Select(i => $"word{i}"));

    private static Draft[] Cut(string markdown) => [.. Drafts(markdown).Select(chunk => new Draft(chunk.Text, chunk.HeadingPath))];

    private static IReadOnlyList<ChunkDraft> Drafts(string markdown)
    {
        ExtractedPage page = TextExtractor.Extract(System.Text.Encoding.UTF8.GetBytes(markdown), FileKind.Markdown);
        return Chunks.Cut([page], new WordCounter(), Limits);
    }

    private sealed record Draft(string Text, string? HeadingPath);

    private sealed class WordCounter : ITokenCounter
    {
        public int Count(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
    }
}
