namespace Rag.Testing.Hostile;

/// <summary>How a hostile file may end. What it must not do, whatever it holds: take the worker with it, hang, or end without a reason.</summary>
public enum HostileEnd
{
    /// <summary>It is read: <see cref="HostileFile.Words"/> are in the text.</summary>
    Text,

    /// <summary>It is refused, for one of <see cref="HostileFile.Reasons"/>.</summary>
    Refused,

    /// <summary>Either is right: nobody can say what is left of it.</summary>
    Any,
}

/// <param name="Kind">The trick, for the table.</param>
/// <param name="Words">For <see cref="HostileEnd.Text"/>: must be found in what was read.</param>
/// <param name="Reasons">For <see cref="HostileEnd.Refused"/>: names of refusal reasons.</param>
public sealed record HostileFile(string Kind, string FileName, byte[] Bytes, HostileEnd End, IReadOnlyList<string> Words, IReadOnlyList<string> Reasons)
{
    /// <summary>Stands in every file that can be read.</summary>
    internal const string Line = "The anchor chain of the ferry was replaced in the spring.";

    public static HostileFile Read(string kind, byte[] bytes, params string[] words) => new(kind, $"{kind}.pdf", bytes, HostileEnd.Text, words, []);

    public static HostileFile Refuse(string kind, byte[] bytes, params string[] reasons) => new(kind, $"{kind}.pdf", bytes, HostileEnd.Refused, [], reasons);

    public static HostileFile Either(string kind, byte[] bytes) => new(kind, $"{kind}.pdf", bytes, HostileEnd.Any, [], []);
}

/// <summary>Hostile files of one ending: the trick is named after it, as in "docx styles-cycle".</summary>
internal readonly record struct HostileFiles(string Extension)
{
    /// <summary>Must be read, <see cref="HostileFile.Line"/> with it.</summary>
    public HostileFile Read(string trick, byte[] bytes) => Of(trick, bytes, HostileEnd.Text, ["anchor chain"], []);

    public HostileFile Refuse(string trick, byte[] bytes, params string[] reasons) => Of(trick, bytes, HostileEnd.Refused, [], reasons);

    public HostileFile Either(string trick, byte[] bytes) => Of(trick, bytes, HostileEnd.Any, [], []);

    private HostileFile Of(string trick, byte[] bytes, HostileEnd end, string[] words, string[] reasons) => new($"{Extension} {trick}", $"{trick}.{Extension}", bytes, end, words, reasons);
}
