using System.Text.RegularExpressions;

namespace Rag.Web.Chat.Whole;

/// <summary>
/// Recognises questions that need every passage, not the nearest few: the one place where that is decided, by the words of the question
/// and never by a model. When in doubt a question is searched as usual: a search answers a narrow question better than a list does.
/// </summary>
/// <param name="Subject">What is listed, or the topic of a summary; null for a summary of everything.</param>
/// <param name="Points">How many sentences were asked for; null = as many as is usual.</param>
internal sealed partial record WholeQuestion(WholeTask Task, string? Subject, int? Points = null)
{
    private const int MostPoints = 30;
    private static readonly string[] Numerals = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

    private const int LongestQuestion = 300;
    private const int LongestSubject = 120;

    /// <param name="hasEarlier">There was a question before: "summarise that" then speaks of its answer.</param>
    /// <returns>Null for a question that is to be searched.</returns>
    public static WholeQuestion? Recognise(string question, bool hasEarlier)
    {
        var text = Polite().Replace(Blanks().Replace(question.Trim(), " "), "").TrimEnd('?', '.', '!', ' ', ':');
        if (text.Length is 0 or > LongestQuestion || OfTheChat().IsMatch(text))
        {
            return null;
        }

        return Summary(text, hasEarlier) is { } summary ? summary with { Points = PointsOf(text) } : Listing(text);
    }

    private static int? PointsOf(string text) =>
        HowMany().Match(text) is { Success: true } match
        && (int.TryParse(match.Groups["n"].Value, out var count) || (count = Array.IndexOf(Numerals, match.Groups["n"].Value.ToLowerInvariant())) > 0)
            ? Math.Clamp(count, 1, MostPoints) : null;

    private static WholeQuestion? Summary(string text, bool hasEarlier)
    {
        if (About().IsMatch(text))
        {
            return new WholeQuestion(WholeTask.About, null);
        }

        if (SummaryAlone().IsMatch(text))
        {
            return new WholeQuestion(WholeTask.Summary, null);
        }

        if (SummaryOf().Match(text) is not { Success: true } match)
        {
            return null;
        }

        var rest = Length().Replace(match.Groups["of"].Value, "").Trim(' ', ',', ':');
        if (rest.Length == 0 || Everything().IsMatch(rest))
        {
            return new WholeQuestion(WholeTask.Summary, null);
        }

        if (Pointing().IsMatch(rest))
        {
            return hasEarlier ? null : new WholeQuestion(WholeTask.Summary, null);
        }

        return Subjected(WholeTask.Summary, rest);
    }

    private static WholeQuestion? Listing(string text)
    {
        foreach (var (shape, task) in new[]
        {
            (HowManyDifferent(), WholeTask.Count), (HowOften(), WholeTask.Count), (ListAll(), WholeTask.List), (EveryMention(), WholeTask.List), (WhatAll(), WholeTask.List),
            (WhichMentioned(), WholeTask.List),
        })
        {
            if (shape.Match(text) is { Success: true } match)
            {
                return Subjected(task, match.Groups["of"].Value);
            }
        }

        return null;
    }

    private static WholeQuestion? Subjected(WholeTask task, string subject)
    {
        var clean = subject;
        for (var before = ""; before != clean;)
        {
            before = clean;
            clean = InTheFiles().Replace(clean, "").Trim(' ', ',', ':', ';', '"', '“', '”', '\'');
        }

        clean = Article().Replace(clean, "");
        return clean.Length is 0 or > LongestSubject
            ? task == WholeTask.Summary ? new WholeQuestion(task, null) : null
            : Everything().IsMatch(clean) ? task == WholeTask.Summary ? new WholeQuestion(task, null) : null
            : new WholeQuestion(task, clean);
    }

    private const string Files = "(?:documents?|docs?|files?|pdfs?|reports?|papers?|texts?|articles?|books?|filings?|manuals?|handbooks?|guides?|contracts?|uploads?|material|content|contents|pages|corpus|everything)";

    private const RegexOptions Plain = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"^(?:(?:hi|hello|hey|ok(?:ay)?|and|now|so|please|then|great|thanks)[,!.]? )*(?:(?:can|could|would|will) you (?:please |kindly |quickly )?|please |i(?:'d| would) like (?:you )?to (?:have )?|i (?:want|need) (?:you to )?|let's )?(?:please )?", Plain)]
    private static partial Regex Polite();

    /// <summary>Of what was said in this chat, or of one's own text, not of the files.</summary>
    [GeneratedRegex(@"\b(?:summari[sz]e|sum up|recap|list|summary of|repeat)\b.*\b(?:your (?:last |previous |first )?(?:answers?|repl(?:y|ies)|response)|(?:this|our|the) (?:chat|conversation|discussion)|you (?:said|wrote|told|answered|just)|we (?:said|discussed|talked)|the above|my (?:questions?|message|text))\b|^(?:summari[sz]e|sum up) (?:the following|this text)\b", Plain)]
    private static partial Regex OfTheChat();

    [GeneratedRegex(@"^(?:so )?(?:what(?:'s| is| are| do| does)|tell me what) (?:(?:all )?(?:this|that|these|those|the|it|they|my|your|our)|(?:this|these|those|the|my|your|our)(?: \w[\w.-]*){0,3} " + Files + @")(?: (?:" + Files + @"|all))?(?: (?:is|are|deal|deals|talk|talks|speak|say|cover))?(?: all)? (?:about|of|with)$|^what (?:is|are) (?:in )?(?:this|these|the|my|your) " + Files + @"$|^(?:what|which) (?:topics?|subjects?|themes?)(?: (?:do|does|are|is))?(?: (?:in|this|these|the|it|my|your|covered|dealt|discussed|by|with|cover|contain|" + Files + @"))*$", Plain)]
    private static partial Regex About();

    [GeneratedRegex(@"^(?:(?:(?:write|give|make|create|produce|prepare|get|show|provide|draft)(?: me| us)? )?(?:an? |the )?(?:(?:short|brief|quick|concise|executive|detailed|general|one-page|high-level) )*(?:summary|overview|outline|abstract|digest|synopsis)|summari[sz]e|summari[sz]e (?:it )?(?:all|everything)|sum (?:it|this|everything) up|tl;? ?dr|(?:(?:what are|give me|show me|list|tell me) )?(?:the )?(?:main|key|most important|central|essential)(?: \w+)? (?:points?|takeaways?|take-aways?|messages?|findings?|ideas?|facts?|insights?)(?: (?:of|in|from) (?:(?:this|these|the|it|all|them|my|your)(?: (?:the|of|these))* ?)?(?:" + Files + @")?)?)$", Plain)]
    private static partial Regex SummaryAlone();

    [GeneratedRegex(@"^(?:(?:briefly |shortly |quickly )?(?:summari[sz]e|sum up|outline|condense)|(?:(?:write|give|make|create|produce|prepare|get|show|provide|draft)(?: me| us)? )?(?:an? |the )?(?:(?:short|brief|quick|concise|executive|detailed|general|one-page|high-level) )*(?:summary|overview|outline|abstract|digest|synopsis|tl;? ?dr|summarization|summarisation)(?: (?:of|about|on|for|over)|:)|fass(?:e)?|résume[rz]?|resume(?: el| los| este)?|zusammenfassung(?: (?:von|des|der))?|résumé (?:de|du|des))\s+(?<of>.+)$", Plain)]
    private static partial Regex SummaryOf();

    [GeneratedRegex(@"\b(?:in|with|using|as) (?:(?:about|around|at most|max(?:imum)?|no more than|up to|under|less than) )?(?:\d+|one|two|three|four|five|six|seven|eight|ten|a few|few|some|short|simple|plain|bullet|your own)(?: (?:or \w+|to \w+|short|simple|bullet|key|plain|complete))* ?(?:sentences?|words?|points?|bullets?|paragraphs?|lines?|terms|english|language|pages?)?$|\b(?:briefly|shortly|for me|please|in detail|as bullet points|in bullets|zusammen)$", Plain)]
    private static partial Regex Length();

    [GeneratedRegex(@"^(?:(?:all|both|each|every|the|this|these|those|my|our|your|of|them|entire|whole|complete|full|uploaded|attached|provided|available|given|single|das|die|den|dieses|diese|dokument|datei|ganze|le|la|les|ce|document|fichier|documento|archivo|\d+|two|three|four) ?)*(?:" + Files + @"|dokumente?|dateien?|everything|all(?: of (?:it|them|this))?|(?:the )?whole thing)$", Plain)]
    private static partial Regex Everything();

    [GeneratedRegex(@"\b(?:in|with|using|as)(?: (?:about|around|at most|max(?:imum)?|no more than|up to|under|less than))? (?<n>\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten)(?: \w+)? (?:sentences?|points?|bullets?|lines?)\b", Plain)]
    private static partial Regex HowMany();

    [GeneratedRegex("^(?:it|this|that|them|these|those)$", Plain)]
    private static partial Regex Pointing();

    [GeneratedRegex(@"^(?:please )?(?:list|name|enumerate|find|show|give|collect|extract|identify|get|tell|return|print)(?: me| us| out)? (?:(?:a |the )?(?:complete |full )?list of )?(?:all|every|each|everything about|every single|any and all)(?: of)?(?: the| those| these| different| distinct)* (?<of>.+)$|^(?:(?:give|make|create|show|write|get)(?: me| us)? )?(?:a |the )(?:complete|full|exhaustive) list of (?:all )?(?<of>.+)$", Plain)]
    private static partial Regex ListAll();

    [GeneratedRegex(@"^(?:(?:where|on (?:which|what) pages?) (?:is|are|does|do) (?<of>.+?) (?:all )?(?:mentioned|named|discussed|appear|occur|come up)(?: everywhere)?|(?:every|all|each) (?:mentions?|occurrences?|places?|passages?|sentences?|instances?|references?) (?:of|to|about|on|where|that (?:mention|speak of|talk about)) (?<of>.+))$", Plain)]
    private static partial Regex EveryMention();

    [GeneratedRegex(@"^what (?:are|were) all (?:of )?(?:the |those )?(?<of>.+)$", Plain)]
    private static partial Regex WhatAll();

    [GeneratedRegex(@"^(?:what|which) (?<of>[\p{L}][\p{L} -]{2,40}?) (?:are|is|were) (?:all )?(?:mentioned|named|listed|cited|referred to)(?: (?:in|across|throughout|anywhere|by).*)?$", Plain)]
    private static partial Regex WhichMentioned();

    [GeneratedRegex(@"^(?:how many|count(?: (?:all|the))?) (?:different|distinct|unique|separate) (?<of>.+)$|^how many (?<of>[\p{L}][\p{L} -]{2,40}?) (?:are|is|were) (?:mentioned|named|listed|cited|referred to|discussed)(?: (?:in|across|throughout|by).*)?$|^count (?:all|every|each)(?: the)? (?<of>.+)$", Plain)]
    private static partial Regex HowManyDifferent();

    [GeneratedRegex(@"^how (?:often|many times) (?:is|are|does|do|was|were) (?<of>.+?) (?:mentioned|named|appear|occur|come up|cited|referred to|discussed)(?: (?:in|across|throughout|by).*)?$", Plain)]
    private static partial Regex HowOften();

    [GeneratedRegex(@"(?: (?:(?:that|which|who) )?(?:(?:is|are|was|were|has been|have been) )?(?:mentioned|named|listed|discussed|described|referred to|cited|included|covered|contained|found|given|stated|there|present|used|appearing|occurring|is|are))?(?:^| )(?:in|from|of|across|throughout|within|by|anywhere in) (?:(?:all|both|each|the|this|these|those|my|our|your|of|them|entire|whole|uploaded|attached) )*" + Files + @"$|(?: (?:that|which|who))?(?: (?:is|are|was|were|has been|have been))? (?:mentioned|named|listed|discussed|referred to|cited|there)(?: (?:here|in (?:it|them|there)|anywhere))?$| (?:in|from) (?:it|them|there|here)$", Plain)]
    private static partial Regex InTheFiles();

    [GeneratedRegex("^(?:(?:the|all|any|of|about|a|an) )+", Plain)]
    private static partial Regex Article();
}
