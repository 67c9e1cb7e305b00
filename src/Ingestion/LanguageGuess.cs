using System.Collections.Frozen;
using System.Text;

namespace Rag.Ingestion;

/// <summary>
/// The language most of a document is in: by script where the script tells it, among languages in Latin letters by their most frequent function
/// words. Fed page by page; says nothing rather than something doubtful. One for a whole document.
/// </summary>
internal sealed class LanguageGuess
{
    private const int FewestLetters = 60;
    private const int FewestWords = 8;
    private const double FewestOfWords = 0.06;      // function words are 30 to 50 of 100 words of prose, few in tables
    private const double ClearLead = 1.25;          // over the runner-up: Danish and Norwegian, Spanish and Portuguese share many

    private static readonly (string Language, string Words)[] FunctionWords =
    [
        ("en", "the of and to in is that for it was on are as with by this be at from or have not which but an they were"),
        ("de", "der die und das den von zu mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat dass sie nach wird bei einer"),
        ("fr", "de la le et les des en un du une que est pour qui dans par sur pas au il plus avec ce ne sont son aux cette ou se"),
        ("es", "de la que el en y a los se del las un por con no una su para es al lo como más o pero sus le ha este"),
        ("it", "di e il la che in un a per è una del con non sono si da come le dei nel della i al gli più alla lo ha anche"),
        ("pt", "de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ao ele das tem à"),
        ("nl", "de het een van en in is dat op te zijn met voor niet aan er om ook als bij maar door nog naar wordt uit dan of"),
        ("sv", "och i att det som en på är av för med till den har de inte om ett men var jag sig från vi så kan när"),
        ("da", "og i at det er en til på af som med for den har de ikke der et om men var sig fra jeg han kan så efter"),
        ("nb", "og i det er på en til som av for med at har de ikke den om et men var seg fra jeg han kan så etter"),
        ("fi", "ja on ei että se oli hän mutta ovat joka kun myös niin kuin sen tai vain jos mukaan ole sekä voi"),
        ("pl", "w i na z do nie się że to jest o jak za od po dla przez jego są ale tym który oraz może tego czy"),
        ("cs", "a v se na je že s z o do to i ve jako za by pro jsou ale po jeho k který od nebo však byl"),
        ("hu", "a az és hogy nem egy is ez volt de csak meg mint már van azt ha vagy még el lehet szerint"),
        ("ro", "de și în a la cu pe din care că o nu este un pentru mai sunt prin au fost fi o ce sau"),
        ("tr", "ve bir bu da de için ile olarak daha çok olan gibi en ne var ama kadar sonra göre ise her değil"),
    ];

    private static readonly FrozenDictionary<string, int[]> Index = FunctionWords
        .SelectMany((entry, i) => entry.Words.Split(' ').Distinct().Select(word => (word, i)))
        .GroupBy(pair => pair.word, pair => pair.i)
        .ToFrozenDictionary(group => group.Key, group => group.ToArray());

    /// <summary>Letters that only some languages of a script have; one in two hundred is enough to tell, as every page has them.</summary>
    private static readonly (string Script, string Language, string Letters)[] OwnLetters =
        [("ru", "be", "ў"), ("ru", "uk", "іїєґ"), ("ru", "mk", "ѓќѕ"), ("ru", "sr", "ђјљњћџ"), ("ru", "ru", "ыэё"), ("ru", "bg", "ъ"), ("ar", "ur", "ٹڈےں"), ("ar", "fa", "پچژگکی")];

    private readonly Dictionary<string, long> scripts = [];
    private readonly long[] own = new long[OwnLetters.Length];
    private readonly long[] hits = new long[FunctionWords.Length];
    private readonly StringBuilder word = new();
    private long words;

    public void Read(string text)
    {
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (!Rune.IsLetter(rune))
            {
                EndWord();
                continue;
            }

            string script = Script(rune.Value);
            scripts[script] = scripts.GetValueOrDefault(script) + 1;
            if (script is "ru" or "ar")
            {
                CountOwn(Rune.ToLowerInvariant(rune).Value);
            }
            else if (script == "latin" && word.Length < 12)
            {
                word.Append(Rune.ToLowerInvariant(rune).ToString());
            }
        }

        EndWord();
    }

    /// <returns>ISO 639-1 code; null where it cannot be told.</returns>
    public string? Language
    {
        get
        {
            long letters = scripts.Values.Sum();
            if (letters < FewestLetters)
            {
                return null;
            }

            // Japanese mixes kana with more Han; a page of Chinese has no kana.
            (string script, long most) = scripts.MaxBy(entry => entry.Value);
            if (script is "zh" or "ja" && scripts.GetValueOrDefault("ja") * 10 > letters)
            {
                return "ja";
            }

            return most * 2 < letters ? null : script switch
            {
                "latin" => ByWords(),
                "other" => null,
                "ru" or "ar" => ByLetters(script, most),
                _ => script,
            };
        }
    }

    private void CountOwn(int letter)
    {
        for (int i = 0; i < own.Length; i++)
        {
            own[i] += OwnLetters[i].Letters.Contains((char)letter, StringComparison.Ordinal) ? 1 : 0;
        }
    }

    /// <summary>The first whose letters are there; the one that the script is named by where none are.</summary>
    private string ByLetters(string script, long letters)
    {
        for (int i = 0; i < own.Length; i++)
        {
            if (OwnLetters[i].Script == script && own[i] * 200 > letters)
            {
                return OwnLetters[i].Language;
            }
        }

        return script;
    }

    private string? ByWords()
    {
        int[] order = [.. Enumerable.Range(0, hits.Length).OrderByDescending(i => hits[i])];
        long best = hits[order[0]], second = hits[order[1]];
        bool enough = words >= FewestWords && best >= words * FewestOfWords;
        return enough && best >= second * ClearLead ? FunctionWords[order[0]].Language : null;
    }

    private void EndWord()
    {
        if (word.Length == 0)
        {
            return;
        }

        words++;
        foreach (int language in Index.GetValueOrDefault(word.ToString(), []))
        {
            hits[language]++;
        }

        word.Clear();
    }

    /// <summary>A language where the script belongs to one that is by far the most written in it, "latin", or "other".</summary>
    private static string Script(int letter) => letter switch
    {
        < 0x0250 or >= 0x1E00 and < 0x1F00 => "latin",
        >= 0x0370 and < 0x0400 or >= 0x1F00 and < 0x2000 => "el",
        >= 0x0400 and < 0x0530 => "ru",
        >= 0x0590 and < 0x0600 or >= 0xFB1D and < 0xFB50 => "he",
        >= 0x0600 and < 0x0700 or >= 0xFB50 and < 0xFE00 or >= 0xFE70 and < 0xFF00 => "ar",
        >= 0x0900 and < 0x0980 => "hi",
        >= 0x0E00 and < 0x0E80 => "th",
        >= 0x3040 and < 0x3100 => "ja",
        >= 0x3400 and < 0xA000 or >= 0x20000 and < 0x32000 => "zh",
        >= 0xAC00 and < 0xD7B0 => "ko",
        _ => "other",
    };
}
