using System.Security.Cryptography;
using System.Text;

namespace Rag.Web.Chat;

/// <summary>The prompt files of the program, embedded. Their hash is their version and is stored with each answer.</summary>
internal sealed class PromptLibrary
{
    private const string Prefix = "Rag.Web.Prompts.";
    private readonly Dictionary<string, string> files;

    public PromptLibrary()
    {
        var assembly = typeof(PromptLibrary).Assembly;
        files = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(".md", StringComparison.Ordinal))
            .ToDictionary(name => name[Prefix.Length..^".md".Length], name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!, Encoding.UTF8);
                return reader.ReadToEnd().ReplaceLineEndings("\n").Trim();
            });
    }

    /// <summary>The rules for a style: the first words of every prompt, the same for all chats of an assistant.</summary>
    public string Rules(AnswerStyle style) => files[style == AnswerStyle.Quote ? "rules-quote" : "rules-compose"];

    /// <summary>The last message, with the places {{delimiter}}, {{passages}} and {{question}}.</summary>
    public string Question(AnswerStyle style) => files[style == AnswerStyle.Quote ? "question-quote" : "question-compose"];

    /// <summary>A file by its name without ".md".</summary>
    public string Text(string name) => files[name];

    /// <summary>SHA-256 over some files, its first 16 hex digits.</summary>
    public string HashOf(params IEnumerable<string> names) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', names.Select(Text)))))[..16];

    /// <summary>SHA-256 over both files of a style, its first 16 hex digits.</summary>
    public string Hash(AnswerStyle style) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Rules(style) + "\0" + Question(style))))[..16];
}
