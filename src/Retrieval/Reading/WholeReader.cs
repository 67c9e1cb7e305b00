using Rag.Retrieval.Indexing;
using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Search;

namespace Rag.Retrieval.Reading;

/// <summary>Goes through the batches of a reading and hands them to what summarises or lists.</summary>
internal sealed class WholeReader(PassageReader reader, Embedder embedder, SentenceVectors sentences) : IWholeReader
{
    public async Task<WholeReadingResult> SummariseAsync(
        KnowledgeScope scope, ReadingPlan plan, SummaryRequest request, Action<ReadingProgress> progress, CancellationToken cancel)
    {
        var topic = request.Topic is { } words ? await TopicAsync(scope, words, cancel) : null;
        var files = new List<FileDigest>();
        var read = 0;
        await foreach (var batch in reader.ReadBatchesAsync(scope, plan, cancel))
        {
            if (files.Count == 0 || files[^1].File != batch.File)
            {
                files.LastOrDefault()?.Complete(FileDigest.CandidatesOf(plan.Files.Count));   // lets go of its passages
                files.Add(new FileDigest(batch.File, topic));
            }

            files[^1].Add(batch);
            progress(new ReadingProgress(read += batch.Passages.Count, plan.Passages));
        }

        files.LastOrDefault()?.Complete(FileDigest.CandidatesOf(plan.Files.Count));
        var points = new List<ReadingPoint>();
        var shares = PointShares.Of(request.Points, [.. files.Select(f => f.Candidates.Count)]);
        foreach (var (file, share) in files.Zip(shares))
        {
            points.AddRange(await file.ChooseAsync(scope, sentences, share, cancel));
        }

        return new WholeReadingResult(read, points, points.Count, points.Count, HasValues: false);
    }

    public async Task<WholeReadingResult> ListAsync(
        KnowledgeScope scope, ReadingPlan plan, ListRequest request, Action<ReadingProgress> progress, CancellationToken cancel)
    {
        var values = ValuePattern.For(request.Subject);
        var finder = new SubjectFinder(await TopicAsync(scope, request.Subject, cancel), values);
        var read = 0;
        await foreach (var batch in reader.ReadBatchesAsync(scope, plan, cancel))
        {
            finder.Add(batch);
            progress(new ReadingProgress(read += batch.Passages.Count, plan.Passages));
        }

        var found = await finder.CompleteAsync(scope, sentences, cancel);
        return new WholeReadingResult(read, [.. found.Take(request.Entries)], found.Count, found.Sum(point => point.Places), values is not null);
    }

    private async Task<Topic> TopicAsync(KnowledgeScope scope, string words, CancellationToken cancel) =>
        new([.. Text.Terms.Of(words).Distinct()], await embedder.QueryAsync(scope, words, cancel));
}
