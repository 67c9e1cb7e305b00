namespace Rag.Retrieval.Text;

/// <summary>M. F. Porter, "An algorithm for suffix stripping", Program 14(3), 1980. For lower-case a–z words; others come back unchanged.</summary>
internal static class PorterStemmer
{
    private static readonly (string Suffix, string Replacement)[] Step2 =
    [
        ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"), ("abli", "able"), ("alli", "al"),
        ("entli", "ent"), ("eli", "e"), ("ousli", "ous"), ("ization", "ize"), ("ation", "ate"), ("ator", "ate"), ("alism", "al"),
        ("iveness", "ive"), ("fulness", "ful"), ("ousness", "ous"), ("aliti", "al"), ("iviti", "ive"), ("biliti", "ble"),
    ];

    private static readonly (string Suffix, string Replacement)[] Step3 =
        [("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""), ("ness", "")];

    private static readonly string[] Step4 =
    [
        "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion", "ou", "ism", "ate", "iti", "ous", "ive", "ize",
    ];

    public static string Stem(string word)
    {
        if (word.Length < 3 || !word.All(char.IsAsciiLetterLower))
        {
            return word;
        }

        var stem = Plural(word);
        stem = PastAndGerund(stem);
        if (stem.EndsWith('y') && HasVowel(stem.AsSpan(0, stem.Length - 1)))
        {
            stem = string.Concat(stem.AsSpan(0, stem.Length - 1), "i");
        }

        stem = Replace(stem, Step2);
        stem = Replace(stem, Step3);
        stem = DropEnding(stem);
        return Tidy(stem);
    }

    private static string Plural(string word) => word switch
    {
        _ when word.EndsWith("sses", StringComparison.Ordinal) || word.EndsWith("ies", StringComparison.Ordinal) => word[..^2],
        _ when word.EndsWith("ss", StringComparison.Ordinal) => word,
        _ when word.EndsWith('s') => word[..^1],
        _ => word,
    };

    private static string PastAndGerund(string word)
    {
        if (word.EndsWith("eed", StringComparison.Ordinal))
        {
            return Measure(word.AsSpan(0, word.Length - 3)) > 0 ? word[..^1] : word;
        }

        var cut = word.EndsWith("ed", StringComparison.Ordinal) ? 2 : word.EndsWith("ing", StringComparison.Ordinal) ? 3 : 0;
        if (cut == 0 || !HasVowel(word.AsSpan(0, word.Length - cut)))
        {
            return word;
        }

        var stem = word[..^cut];
        if (stem.EndsWith("at", StringComparison.Ordinal) || stem.EndsWith("bl", StringComparison.Ordinal) || stem.EndsWith("iz", StringComparison.Ordinal))
        {
            return stem + "e";
        }

        if (EndsInDoubleConsonant(stem) && stem[^1] is not ('l' or 's' or 'z'))
        {
            return stem[..^1];
        }

        return Measure(stem) == 1 && EndsInShortSyllable(stem) ? stem + "e" : stem;
    }

    private static string Replace(string word, (string Suffix, string Replacement)[] rules)
    {
        var best = -1;   // the longest suffix decides, whether or not its condition holds
        for (var i = 0; i < rules.Length; i++)
        {
            if (word.EndsWith(rules[i].Suffix, StringComparison.Ordinal) && (best < 0 || rules[i].Suffix.Length > rules[best].Suffix.Length))
            {
                best = i;
            }
        }

        if (best < 0 || Measure(word.AsSpan(0, word.Length - rules[best].Suffix.Length)) == 0)
        {
            return word;
        }

        return word[..^rules[best].Suffix.Length] + rules[best].Replacement;
    }

    private static string DropEnding(string word)
    {
        var suffix = Step4.Where(s => word.EndsWith(s, StringComparison.Ordinal)).MaxBy(s => s.Length);
        if (suffix is null)
        {
            return word;
        }

        var stem = word[..^suffix.Length];
        var allowed = Measure(stem) > 1 && (suffix != "ion" || stem is [.., 's' or 't']);
        return allowed ? stem : word;
    }

    private static string Tidy(string word)
    {
        if (word.EndsWith('e'))
        {
            var stem = word[..^1];
            var measure = Measure(stem);
            if (measure > 1 || (measure == 1 && !EndsInShortSyllable(stem)))
            {
                word = stem;
            }
        }

        return word.EndsWith("ll", StringComparison.Ordinal) && Measure(word) > 1 ? word[..^1] : word;
    }

    /// <summary>How often a vowel is followed by a consonant: m in [C](VC)^m[V].</summary>
    private static int Measure(ReadOnlySpan<char> word)
    {
        var measure = 0;
        var afterVowel = false;
        for (var i = 0; i < word.Length; i++)
        {
            var consonant = IsConsonant(word, i);
            if (consonant && afterVowel)
            {
                measure++;
            }

            afterVowel = !consonant;
        }

        return measure;
    }

    private static bool HasVowel(ReadOnlySpan<char> word)
    {
        for (var i = 0; i < word.Length; i++)
        {
            if (!IsConsonant(word, i))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsConsonant(ReadOnlySpan<char> word, int i) => word[i] switch
    {
        'a' or 'e' or 'i' or 'o' or 'u' => false,
        'y' => i == 0 || !IsConsonant(word, i - 1),
        _ => true,
    };

    private static bool EndsInDoubleConsonant(string word) => word.Length > 1 && word[^1] == word[^2] && IsConsonant(word, word.Length - 1);

    /// <summary>Consonant, vowel, consonant, the last not w, x or y: "hop".</summary>
    private static bool EndsInShortSyllable(string word) =>
        word.Length > 2 && IsConsonant(word, word.Length - 3) && !IsConsonant(word, word.Length - 2) && IsConsonant(word, word.Length - 1)
        && word[^1] is not ('w' or 'x' or 'y');
}
