using System.Globalization;
using Rag.Ingestion.Extraction.Isolation;
using Rag.Retrieval.Knowledge;
using Rag.Testing;
using Rag.Testing.Hostile;

namespace Rag.Ingestion.Tests.Extraction;

/// <summary>T10 as figures: the share of planted texts that are kept out and reported, and the share of clean letters taken for hidden.</summary>
public sealed class HiddenTextScoreTests(TenQReadings filings)
{
    private const int Seeds = 4;

    [Fact]
    public async Task PlantedText_IsFound_AndWhatStandsBesideItIsRead()
    {
        await using ExtractorPool pool = Extractors.Pool();
        var found = new Dictionary<(string Trick, string Variant), (int Found, int All)>();
        var lost = new List<string>();
        foreach (PlantedFile file in Enumerable.Range(1, Seeds).SelectMany(PlantedText.Hidden).Concat(PlantedText.Characters()))
        {
            Reading reading = await pool.ReadAsync(file.Pdf);
            bool reported = reading.Pages.SelectMany(page => page.Hidden).Any(span => file.Trick == "characters" ? span.Kind == HiddenTextKind.Characters : span.Text.Contains(file.Secret, StringComparison.Ordinal));
            bool kept = file.Secret.Split(' ').All(word => !reading.Text.Contains(word, StringComparison.Ordinal));
            (int so, int all) = found.GetValueOrDefault((file.Trick, file.Variant));
            found[(file.Trick, file.Variant)] = (so + (reported && kept ? 1 : 0), all + 1);
            lost.AddRange(Missing(file, reading).Select(word => $"{file.Trick}, {file.Variant}: {word}"));
        }

        string missed = string.Join('\n', found.Where(entry => entry.Value.Found < entry.Value.All).Select(entry => $"{entry.Key}: {entry.Value}"));
        TestContext.Current.TestOutputHelper!.WriteLine($"{found.Values.Sum(each => each.Found)} of {found.Values.Sum(each => each.All)} planted texts found\n{missed}\n{string.Join('\n', lost.Take(20))}");
        Assert.True(found.Values.Sum(each => each.Found) >= 0.99 * found.Values.Sum(each => each.All), missed);
        Assert.Empty(lost);
    }

    [Fact]
    public async Task CleanText_IsNotHidden()
    {
        await using ExtractorPool pool = Extractors.Pool();
        int letters = 0, hidden = 0;
        var report = new List<string>();
        foreach (PlantedFile file in Enumerable.Range(1, Seeds).SelectMany(PlantedText.Clean))
        {
            Reading reading = await pool.ReadAsync(file.Pdf);
            string[] missing = [.. Missing(file, reading)];
            letters += file.Visible.Sum(word => word.Length);
            hidden += missing.Sum(word => word.Length);
            report.AddRange(missing.Select(word => $"{file.Variant}: {word}"));
        }

        foreach ((string name, Reading reading) in new[] { TestData.Apple, TestData.Amazon, TestData.Nvidia }.Zip(await filings.AllAsync()))
        {
            int here = reading.Pages.SelectMany(page => page.Hidden).Sum(span => span.Text.Count(char.IsLetterOrDigit));
            letters += reading.Text.Count(char.IsLetterOrDigit);
            hidden += here;
            report.Add(string.Create(CultureInfo.InvariantCulture, $"{name}: {here} letters of a real file"));
        }

        string all = string.Create(CultureInfo.InvariantCulture, $"{hidden} of {letters} clean letters hidden\n") + string.Join('\n', report.Take(30));
        TestContext.Current.TestOutputHelper!.WriteLine(all);
        Assert.True(hidden <= 0.001 * letters, all);
    }

    /// <summary>Words that the page shows and its text lacks, each as often as it lacks it.</summary>
    private static IEnumerable<string> Missing(PlantedFile file, Reading reading)
    {
        var read = reading.Text.Split([' ', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries).CountBy(word => word).ToDictionary();
        return file.Visible.CountBy(word => word).SelectMany(word => Enumerable.Repeat(word.Key, Math.Max(0, word.Value - read.GetValueOrDefault(word.Key))));
    }
}
