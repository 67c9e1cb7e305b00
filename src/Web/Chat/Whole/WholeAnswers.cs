using System.Globalization;
using Microsoft.Extensions.Options;
using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Reading;
using Rag.Web.Shell;

namespace Rag.Web.Chat.Whole;

/// <summary>
/// Answers a question about everything by reading every passage: first without a model, then, for models that compose, in the model's
/// words as well.
/// </summary>
internal sealed class WholeAnswers(
    IPassageReader passages, IWholeReader reader, ReadingGate gate, WholeWriter writer, AnswerModelSource models, TurnRecorder recorder,
    IOptions<AnswerOptions> options, TimeProvider clock)
{
    /// <summary>Sentences that say what files are about.</summary>
    private const int AboutPoints = 5;

    /// <summary>One point for each file of a large collection ends somewhere.</summary>
    private const int MostPoints = 60;

    /// <returns>The answer; or, where reading did not answer, an open one whose notes say why: the question is then searched as usual.</returns>
    public async Task<StoredAnswer> AnswerAsync(
        AnswerWork work, WholeQuestion question, IReadOnlyList<DocumentStatus> files, AnswerStream stream, Action<StoredAnswer> keep)
    {
        var (only, subject) = NamedFile.Find(work.Question, question.Subject, [.. files.Where(f => f.IsSearchable)]);
        if (subject is null && question.Task is WholeTask.List or WholeTask.Count)
        {
            subject = question.Subject;
        }

        var plan = await passages.PlanAsync(work.Grant.Scope, only?.Id, stream.Cancellation);
        if (question.Task is WholeTask.Summary && plan.Files.Count > 1 && plan.Passages <= options.Value.WholePassages
            && NamedFile.Described(subject) is { } words && await FindDescribedAsync(work, plan, words, stream.Cancellation) is { } described)
        {
            (plan, subject) = (new ReadingPlan([described]), null);
        }

        if (plan.Passages > options.Value.WholePassages)
        {
            return Open(string.Create(CultureInfo.InvariantCulture, $"To answer from everything, {plan.Passages:N0} passages would have to be read; at most {options.Value.WholePassages:N0} are. Name a file to have it read whole."));
        }

        var answer = new StoredAnswer
        {
            Kind = AnswerKind.WholeFiles,
            FilesSearched = plan.Files.Count,
            Notes = plan.Files.Count > 1 || files.Count == 1 ? PlainAnswers.StillReading(work, files) : [],
            Whole = new WholeReading(question.Task, subject, 0, plan.Passages, plan.Files.Count, 0, 0, false, [.. plan.Files.Select(f => f.Document.Value)], []),
        };
        keep(answer);
        stream.Publish(new AnswerPart.Reading(0, plan.Passages, ByModel: false));
        var began = clock.GetTimestamp();
        WholeReadingResult found;
        using (await gate.EnterAsync(stream.Cancellation))
        {
            found = await ReadAsync(work, question with { Subject = subject }, plan, Report, stream.Cancellation);
        }

        if (found.Points.Count == 0)
        {
            return Open(NothingFound(subject, found.Read));
        }

        answer = Describe(answer, found) with { Timings = new AnswerTimings(clock.GetElapsedTime(began).TotalMilliseconds, clock.GetElapsedTime(work.AskedAt).TotalMilliseconds) };
        keep(answer);
        stream.Publish(new AnswerPart.EvidenceReady(answer));
        await recorder.SaveAsync(work.Turn, answer, stream.Cancellation);
        return models.StyleOrDefault == AnswerStyle.Compose ? await writer.WriteAsync(work, question, plan, found, answer, stream, keep) : answer;

        void Report(ReadingProgress progress)
        {
            answer = answer with { Whole = answer.Whole! with { Read = progress.Read } };
            keep(answer);
            stream.Publish(new AnswerPart.Reading(progress.Read, progress.Passages, ByModel: false));
        }
    }

    private async Task<ReadingFile?> FindDescribedAsync(AnswerWork work, ReadingPlan plan, IReadOnlyList<string> words, CancellationToken cancel)
    {
        var counts = plan.Files.ToDictionary(f => f.Document, _ => 0);
        await foreach (var read in passages.ReadAsync(work.Grant.Scope, plan, cancel))
        {
            counts[read.Passage.Document] += words.All(word => read.Passage.Text.Contains(word, StringComparison.OrdinalIgnoreCase)) ? 1 : 0;
        }

        return NamedFile.StandsOut(counts) is { } found ? plan.Files.First(f => f.Document == found) : null;
    }

    private Task<WholeReadingResult> ReadAsync(
        AnswerWork work, WholeQuestion question, ReadingPlan plan, Action<ReadingProgress> progress, CancellationToken cancel)
    {
        if (question.Task is WholeTask.List or WholeTask.Count)
        {
            var entries = work.Grant.IsOwner ? options.Value.ListEntries : Math.Min(options.Value.ListEntries, options.Value.GuestListEntries);
            return reader.ListAsync(work.Grant.Scope, plan, new ListRequest(question.Subject!, entries), progress, cancel);
        }

        var usual = question.Task == WholeTask.About ? AboutPoints : options.Value.SummaryPoints;
        var points = question.Points ?? Math.Max(usual, Math.Min(plan.Files.Count, MostPoints));   // every file has its say
        return reader.SummariseAsync(work.Grant.Scope, plan, new SummaryRequest(question.Subject, points), progress, cancel);
    }

    /// <summary>The server's numbers and words for what was found, grouped by file and heading.</summary>
    private static StoredAnswer Describe(StoredAnswer answer, WholeReadingResult found)
    {
        var citations = found.Points.Select((p, i) => Citations.FromEvidence(i + 1, p.Quote, p.Source)).ToList();
        List<WholeSection> sections = [];
        foreach (var (point, i) in found.Points.Select((p, i) => (p, i)))
        {
            var entry = new WholePoint(i + 1, point.Value, point.Places);
            if (sections is [.., var last] && last.Document == point.Source.Document.Value && last.Heading == point.Section)
            {
                sections[^1] = last with { Points = [.. last.Points, entry] };
            }
            else
            {
                sections.Add(new WholeSection(point.Source.Document.Value, point.Source.Title, point.Section, [entry]));
            }
        }

        var whole = answer.Whole! with { Read = found.Read, Found = found.Found, Places = found.Places, HasValues = found.HasValues, Sections = sections };
        return answer with { Citations = citations, Quotes = citations.Count, Whole = whole, Text = WholeWords.Introduction(whole) };
    }

    private static StoredAnswer Open(string note) => new() { Notes = [note] };

    private static string NothingFound(string? subject, int read) => subject is null
        ? $"{Words.Count(read, "passage was", "passages were")} read; none holds sentences that could stand in a summary."
        : $"{Words.Count(read, "passage was", "passages were")} read for “{subject}”; none speaks of it in these words or in this meaning.";
}
