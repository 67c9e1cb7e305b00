using System.Collections.Frozen;
using System.Text;

namespace Rag.Web.Chat;

internal enum SmallTalkKind
{
    Greeting,
    Thanks,
    Farewell,

    /// <summary>"What can you do?"</summary>
    Introduction,
}

/// <summary>
/// Recognises messages that ask the files nothing. Whole messages only: "Hi, how many shares …" is a question and is searched. A missed
/// one costs little (the relevance floor answers), a wrong one would hide an answer, so the list is short.
/// </summary>
internal static class SmallTalk
{
    private const int LongestMessage = 60;

    private static readonly FrozenDictionary<string, SmallTalkKind> Messages = Build(
        (SmallTalkKind.Greeting, "hi|hi there|hello|hello there|hey|hey there|good morning|good afternoon|good evening|good day|greetings|how are you|hi how are you|hello how are you|hallo|hola|bonjour"),
        (SmallTalkKind.Thanks, "thanks|thank you|thank you very much|thanks a lot|many thanks|thx|ok thanks|okay thanks|great thanks|thanks that helps|ok|okay|great|perfect|nice|cool|danke|merci|gracias"),
        (SmallTalkKind.Farewell, "bye|goodbye|good bye|bye bye|see you|see you later|good night"),
        (SmallTalkKind.Introduction, "what can you do|what can you do for me|what do you do|who are you|what are you|help|help me|what can i ask|what can i ask you|what can i ask here|how does this work|how do you work|test|testing"));

    public static SmallTalkKind? Recognise(string message) =>
        message.Length <= LongestMessage && Messages.TryGetValue(Normalise(message), out var kind) ? kind : null;

    /// <summary>Lower case, letters only, single blanks: "Hi!! 👋" and "hi" are the same.</summary>
    private static string Normalise(string message)
    {
        var words = new StringBuilder(message.Length);
        foreach (var c in message)
        {
            if (char.IsLetterOrDigit(c))
            {
                words.Append(char.ToLowerInvariant(c));
            }
            else if (c is not ('\'' or '’') && words.Length > 0 && words[^1] != ' ')
            {
                words.Append(' ');
            }
        }

        return words.ToString().TrimEnd();
    }

    private static FrozenDictionary<string, SmallTalkKind> Build(params (SmallTalkKind Kind, string Messages)[] groups) =>
        groups.SelectMany(g => g.Messages.Split('|').Select(m => KeyValuePair.Create(m, g.Kind))).ToFrozenDictionary();
}
