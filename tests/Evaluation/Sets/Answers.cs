using System.Text.Json;
using Rag.Testing;

namespace Rag.Evaluation.Sets;

/// <summary>The running product, asked over HTTP about the three 10-Qs: every citation of every answer stands on its page, the model's sentences included.</summary>
internal static class Answers
{
    private sealed record Row(string Question);

    private static readonly IReadOnlyDictionary<string, string> Patience = new Dictionary<string, string> { ["Answers__UserQuestionsPerMinute"] = "10000" };

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("docent-answers-").FullName;
        try
        {
            await using var server = await DocentServer.StartAsync(folder, Patience);
            using var owner = await DocentClient.SetUpAsync(server);
            var assistant = await owner.CreateAssistantAsync("Filings");
            string[] files = [TestData.Apple, TestData.Amazon, TestData.Nvidia];
            foreach (var file in files)
            {
                await owner.UploadAsync(assistant, file, await File.ReadAllBytesAsync(TestData.TenQ(file), cancel));
            }

            var ready = await owner.WaitUntilFinalAsync(assistant, TimeSpan.FromMinutes(10), cancel);
            var answers = new List<JsonElement>();
            foreach (var row in JsonLines.Read<Row>(JsonLines.Data("sec10q-questions.jsonl")))
            {
                await owner.AskAsync(assistant, row.Question, (name, data) =>
                {
                    if (name == "ended")
                    {
                        answers.Add(data.GetProperty("answer"));
                    }
                }, cancel);
            }

            return await JudgeAsync(answers, files.ToDictionary(file => Path.GetFileNameWithoutExtension(file), TestData.TenQ), cancel);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<IReadOnlyList<Figure>> JudgeAsync(List<JsonElement> answers, Dictionary<string, string> files, CancellationToken cancel)
    {
        var quotes = answers.SelectMany(answer => answer.GetProperty("citations").EnumerateArray())
            .Select(citation => (files[citation.GetProperty("title").GetString()!], citation.GetProperty("page").GetInt32(), citation.GetProperty("quote").GetString()!)).ToList();
        var sentences = answers.Where(answer => answer.TryGetProperty("sentences", out var list) && list.ValueKind == JsonValueKind.Array)
            .SelectMany(answer => answer.GetProperty("sentences").EnumerateArray()).ToList();
        var astray = await new PageReader().AstrayAsync(quotes, cancel);
        foreach (var (file, page, text) in astray)
        {
            Console.WriteLine($"not on its page: {Path.GetFileName(file)} p. {page}: {text}");
        }

        Console.WriteLine($"10-Q answers: {answers.Count} answers, {quotes.Count} citations, {sentences.Count} sentences of the model.");
        return
        [
            new("10-Q answers: citations not on their page", astray.Count, 0, LessIsBetter: true),
            new("10-Q answers: share of the model's sentences with a citation",
                sentences.Count(sentence => sentence.TryGetProperty("citation", out var citation) && citation.ValueKind == JsonValueKind.Number) / (double)Math.Max(1, sentences.Count)),
        ];
    }
}
