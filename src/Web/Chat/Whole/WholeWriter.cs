using System.Globalization;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Reading;
using Rag.Retrieval.Search;

namespace Rag.Web.Chat.Whole;

/// <summary>
/// Lets a composing model read every passage, a prompt full at a time, and write points; then, for a summary, put them together. Each point
/// is checked against the passages it was read from. What goes wrong becomes one sentence; the quotes stay.
/// </summary>
internal sealed class WholeWriter(
    ModelCall call, AnswerModelSource models, PromptLibrary prompts, IPassageReader reader, IPassageSearch search, CitationAligner aligner,
    TurnRecorder recorder, IOptions<AnswerOptions> options, TimeProvider clock, ILogger<WholeWriter> log)
{
    private const int MapPoints = 8;
    private const int MapTokens = 512;
    private const int UsualPassageTokens = 260;   // for the estimate of how many calls it takes
    private const int TemplateTokens = 48;        // signs of the chat template around two messages, and some room

    /// <returns>The answer with the model's checked points, or with the reason why they are missing. Never throws for a stop.</returns>
    public async Task<StoredAnswer> WriteAsync(
        AnswerWork work, WholeQuestion question, ReadingPlan plan, WholeReadingResult found, StoredAnswer answer, AnswerStream stream, Action<StoredAnswer> keep)
    {
        var text = new ModelText(isHeld: stream.IsHeld);
        var points = new List<Point>();
        try
        {
            var model = models.Current;
            var desk = new Desk(work, stream, model, models.Tokens, ModelWriter.NewDelimiter());
            answer = answer with { ModelId = model.Id, ModelName = model.DisplayName, Style = model.Style, PromptHash = prompts.HashOf("whole-rules", "whole-map", "whole-reduce") };
            keep(answer);
            var isList = question.Task is WholeTask.List or WholeTask.Count;
            var all = plan.Passages <= (long)options.Value.WholeModelCalls * Math.Max(1, Room(desk, "whole-map") / UsualPassageTokens);
            if (!all)
            {
                answer = answer with { Notes = [.. answer.Notes, "There is more than the model can read for one answer: it was given the passages of the points above, not all."] };
                keep(answer);
            }

            var source = all ? reader.ReadAsync(work.Grant.Scope, plan, stream.Cancellation).Select(p => p.Passage)
                : found.Points.Select(p => p.Source).DistinctBy(p => p.Chunk).ToAsyncEnumerable();
            var done = 0;
            await foreach (var batch in BatchesAsync(desk, source))
            {
                stream.Publish(new AnswerPart.Reading(done, all ? plan.Passages : found.Points.Count, ByModel: true));
                var fresh = (await MapAsync(desk, batch)).Where(p => points.TrueForAll(known => known.Key != p.Key)).ToList();
                points.AddRange(fresh);
                done += batch.Count;
                if (isList)
                {
                    foreach (var point in fresh)
                    {
                        Say(point.Text + "\n");
                    }

                    await recorder.SaveAsync(work.Turn, Complete(answer, text), stream.Cancellation);
                }
            }

            if (!isList && points.Count > 0)
            {
                await ReduceAsync(desk, [.. points.Where(p => p.Passage is not null).DefaultIfEmpty(points[0]).Select(p => p.Text)], piece => Say(piece));
            }
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            var problem = ModelCall.Sentence(failure, stream);
            if (problem is not null)
            {
                log.ModelFailed(failure is ModelException ? failure.InnerException : failure, work.Turn, (failure as ModelException)?.Failure ?? ModelFailure.Failed);
            }

            answer = answer with { Problem = problem };
        }

        text.End(stream);
        answer = Complete(answer, text);
        keep(answer);
        if (answer.ModelText is null)
        {
            return answer;
        }

        // After Stop, too: what was written is checked, or it would look as if it were supported.
        var passages = points.Select(p => p.Passage).OfType<Passage>().DistinctBy(p => p.Chunk).ToList();
        var read = new SearchResult(passages, [], true, 0, work.Question, plan.Files.Count, TimeSpan.Zero, TimeSpan.Zero);
        answer = await aligner.CheckAsync(work.Grant.Scope, answer, read, CancellationToken.None);
        answer = work.Grant.DropsUnsupported ? answer.WithoutUnsupported() : answer;
        keep(answer);
        stream.Publish(new AnswerPart.SentencesChecked(answer));
        return answer;

        void Say(string piece)
        {
            if (text.Add(piece, stream))
            {
                text.FirstToken ??= clock.GetElapsedTime(work.AskedAt);
            }
        }
    }

    /// <summary>As many passages as fit a prompt, then the next.</summary>
    private async IAsyncEnumerable<IReadOnlyList<Passage>> BatchesAsync(Desk desk, IAsyncEnumerable<Passage> passages)
    {
        var room = Room(desk, "whole-map");
        List<Passage> batch = [];
        var used = 0;
        await foreach (var passage in passages.WithCancellation(desk.Stream.Cancellation))
        {
            var cost = desk.Tokens.Count(Block(passage)) + 2;
            if (used + cost > room && batch.Count > 0)
            {
                yield return batch;
                (batch, used) = ([], 0);
            }

            batch.Add(passage);
            used += cost;
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }

    private async Task<IReadOnlyList<Point>> MapAsync(Desk desk, IReadOnlyList<Passage> batch)
    {
        var said = new List<string>();
        await AskAsync(desk, "whole-map", string.Join("\n\n", batch.Select(Block)), MapPoints, said.Add);
        var lines = Lines(string.Concat(said)).ToList();
        var supports = lines.Count == 0 ? [] : await search.AlignAsync(desk.Work.Grant.Scope, lines.ConvertAll(l => l.TrimStart('-', ' ')), batch, desk.Stream.Cancellation);
        return [.. lines.Zip(supports, (line, support) => new Point(line, support is null ? null : batch[support.Passage]))];
    }

    /// <summary>Rounds that each halve the points or better, until they fit one prompt; the last one is what the reader sees.</summary>
    private async Task ReduceAsync(Desk desk, IReadOnlyList<string> points, Action<string> say)
    {
        var room = Room(desk, "whole-reduce");
        while (desk.Tokens.Count(string.Join('\n', points)) > room && points.Count > 1)
        {
            var shorter = new List<string>();
            foreach (var group in Groups(points, room, desk.Tokens))
            {
                var said = new List<string>();
                await AskAsync(desk, "whole-reduce", string.Join('\n', group), Math.Max(1, group.Count / 2), said.Add);
                shorter.AddRange(Lines(string.Concat(said)).Take(Math.Max(1, group.Count / 2)));
            }

            points = shorter;
        }

        await AskAsync(desk, "whole-reduce", string.Join('\n', points), options.Value.SummaryPoints, say);
    }

    private static IEnumerable<IReadOnlyList<string>> Groups(IReadOnlyList<string> points, int room, ITokenCounter tokens)
    {
        List<string> group = [];
        var used = 0;
        foreach (var point in points)
        {
            var cost = tokens.Count(point) + 1;
            if (used + cost > room && group.Count > 1)
            {
                yield return group;
                (group, used) = ([], 0);
            }

            group.Add(point);
            used += cost;
        }

        yield return group;
    }

    private async Task AskAsync(Desk desk, string prompt, string data, int points, Action<string> say)
    {
        var parts = Template(desk, prompt, points).Split("{{passages}}");
        List<ChatMessage> messages = [new(ChatRole.System, prompts.Text("whole-rules")), new(ChatRole.User, parts[0] + data + parts[1])];
        var request = new ChatOptions
        {
            MaxOutputTokens = Output(desk.Model),
            StopSequences = [desk.Delimiter],
            AdditionalProperties = new AdditionalPropertiesDictionary { ["prefixScope"] = desk.Work.Grant.Assistant.Id.ToString(), ["share"] = desk.Work.Grant.Share },
        };
        await call.StreamAsync(messages, request, desk.Stream, piece =>
        {
            say(piece);
            return Task.CompletedTask;
        }, _ => { });
    }

    /// <summary>The question last: what a file holds cannot fill a place of the template.</summary>
    private string Template(Desk desk, string prompt, int points) => prompts.Text(prompt)
        .Replace("{{delimiter}}", desk.Delimiter, StringComparison.Ordinal)
        .Replace("{{points}}", points.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("{{question}}", desk.Work.Question.Replace("{{passages}}", "", StringComparison.Ordinal), StringComparison.Ordinal);

    /// <summary>Tokens that a prompt has for its data.</summary>
    private int Room(Desk desk, string prompt) => Math.Max(
        64, desk.Model.ContextLength - Output(desk.Model) - TemplateTokens - desk.Tokens.Count(prompts.Text("whole-rules")) - desk.Tokens.Count(Template(desk, prompt, MapPoints)));

    private static int Output(AnswerModel model) => Math.Min(MapTokens, model.ContextLength / 4);

    private static string Block(Passage passage) => string.Join('\n', new[]
    {
        $"{passage.Title}, {PlaceWords.Range(passage.FileName, passage.Pages.From, passage.Pages.To)}", passage.HeadingPath, passage.Caption, passage.Text.Trim(),
    }.Where(part => !string.IsNullOrWhiteSpace(part)));

    /// <summary>The points of a reply: its lines with a sign of a list before them.</summary>
    private static IEnumerable<string> Lines(string reply)
    {
        var filter = new CitationFilter();
        return (filter.Feed(reply) + filter.Flush()).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line[0] is '-' or '*' or '•' || char.IsAsciiDigit(line[0]))
            .Select(line => line.TrimStart('-', '*', '•', ' ').TrimEnd())
            .Select(line => line.Split(". ", 2) is [{ Length: <= 2 } number, var rest] && number.All(char.IsAsciiDigit) ? rest : line)
            .Where(line => line.Length > 0 && !line.TrimEnd('.').Equals("none", StringComparison.OrdinalIgnoreCase))
            .Select(line => $"- {line}");
    }

    private static StoredAnswer Complete(StoredAnswer answer, ModelText text) => answer with
    {
        ModelText = text.Length == 0 ? null : text.ToString().TrimEnd(),
        Timings = answer.Timings with { FirstToken = text.FirstToken?.TotalMilliseconds },
    };

    private sealed record Desk(AnswerWork Work, AnswerStream Stream, AnswerModel Model, ITokenCounter Tokens, string Delimiter);

    /// <param name="Text">A line with its sign.</param>
    /// <param name="Passage">What supports it; null: nothing does.</param>
    private sealed record Point(string Text, Passage? Passage)
    {
        public string Key { get; } = string.Concat(Text.Where(char.IsLetterOrDigit)).ToUpperInvariant();
    }
}
