using Rag.Ingestion.Chunking;
using Rag.Ingestion.Extraction;
using Rag.Retrieval.Indexing;
using Rag.Retrieval.Knowledge;

namespace Rag.Evaluation.Sets;

/// <summary>
/// Two long texts with questions and the exact ranges that answer them (chunking_evaluation, Brandon Smith 2024, MIT). The product's own
/// chunker cuts them; measured are the ranking of its chunks and how exactly the best of them cover the ranges.
/// </summary>
internal sealed class Chunking(Workbench bench)
{
    private const int Best = 5;

    private sealed record Corpus(string Name, string Text);

    private sealed record CorpusLine(string Corpus, string Text);

    private sealed record Question(string Corpus, string Text, IReadOnlyList<Reference> References);

    private sealed record QuestionLine(string Corpus, string Question, IReadOnlyList<Reference> References);

    private sealed record Reference(int Start, int End);

    public async Task<IReadOnlyList<Figure>> RankingAsync(CancellationToken cancel)
    {
        var corpora = JsonLines.Read<CorpusLine>(JsonLines.Data("chunking", "corpora.jsonl"));
        var questions = JsonLines.Read<QuestionLine>(JsonLines.Data("chunking", "questions.jsonl"));
        var lists = new (string Name, double Ndcg, double Recall, double Iou)[] { ("dense", 0, 0, 0), ("lexical", 0, 0, 0), ("hybrid", 0, 0, 0) };
        foreach (var corpus in corpora)
        {
            var scope = KnowledgeScope.For(KnowledgeBaseId.New());
            var (chunks, ranges) = Cut(corpus.Text);
            await bench.PublishAsync(scope, chunks, cancel);
            var ordinals = await new RowMap(bench).ReadAsync(scope, cancel);
            var places = new VisibleCharacters(corpus.Text);
            foreach (var question in questions.Where(question => question.Corpus == corpus.Corpus))
            {
                var wanted = question.References.Select(reference => (places.Before(reference.Start), places.Before(reference.End))).Where(range => range.Item2 > range.Item1).ToList();
                var right = Enumerable.Range(0, ranges.Count).Where(i => wanted.Exists(range => ranges[i].Start < range.Item2 && range.Item1 < ranges[i].End)).ToHashSet();
                var ranked = await bench.RankAsync(scope, question.Question, cancel);
                IReadOnlyList<long>[] all = [ranked.Dense, ranked.Lexical, ranked.Hybrid];
                for (var i = 0; i < all.Length; i++)
                {
                    var (recall, iou) = Metrics.Cover([.. all[i].Take(Best).Select(row => ranges[ordinals[row]])], wanted);
                    lists[i].Ndcg += Metrics.Ndcg(all[i].Select(row => ordinals[row]), right);
                    lists[i].Recall += recall;
                    lists[i].Iou += iou;
                }
            }
        }

        var count = (double)questions.Count;
        return
        [
            .. lists.Select((list, i) => new Figure($"Chunking nDCG@10 {list.Name}", list.Ndcg / count, i < 2 ? null : Math.Max(lists[0].Ndcg, lists[1].Ndcg) / count)),
            .. lists.Select((list, i) => new Figure($"Chunking recall@5 {list.Name}", list.Recall / count, i < 2 ? null : lists[1].Recall / count)),
            new("Chunking IoU of the best five, hybrid", lists[2].Iou / count),
        ];
    }

    /// <summary>Cut as ingestion cuts a text file. Its reader drops blanks, so ranges are counted in visible characters.</summary>
    private (SourceText Source, IReadOnlyList<(int Start, int End)> Ranges) Cut(string text)
    {
        var page = TextExtractor.Extract(System.Text.Encoding.UTF8.GetBytes(text), FileKind.PlainText);
        var chunker = new HeadingChunker(new TokenWindow(bench.EmbeddingTokens), new ChunkLimits(220, 40, 120), 0);
        List<ChunkDraft> chunks = [.. chunker.Add(page), .. chunker.Finish()];
        var places = new VisibleCharacters(page.Text.Text);
        return (new SourceText("", page.Text.Text, chunks), [.. chunks.Select(chunk => (places.Before(chunk.Start), places.Before(chunk.End)))]);
    }

    private sealed class VisibleCharacters
    {
        private readonly int[] before;

        public VisibleCharacters(string text)
        {
            before = new int[text.Length + 1];
            for (var i = 0; i < text.Length; i++)
            {
                before[i + 1] = before[i] + (char.IsWhiteSpace(text[i]) ? 0 : 1);
            }
        }

        /// <summary>Visible characters before an offset.</summary>
        public int Before(int offset) => before[offset];
    }
}
