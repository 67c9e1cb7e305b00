using Rag.Inference.Chat;

namespace Rag.Inference.Import;

/// <summary>All that a file says beside its weights, checked; nothing was written yet.</summary>
/// <param name="Family">A name of <see cref="ChatFamily"/>.</param>
/// <param name="Tokenizer">The content of <c>tokenizer.json</c>.</param>
internal sealed record ImportPlan(string Title, DecoderShape Shape, GgufVocabulary Vocabulary, string Family, byte[] Tokenizer, string License, string[] Languages)
{
    private const int LongestName = 200;

    /// <param name="fileName">Names the model where the file does not.</param>
    /// <exception cref="FormatException">The message says what is missing or not known, as the end of a sentence.</exception>
    public static ImportPlan Read(GgufFile file, string fileName, int maxContext)
    {
        var shape = DecoderShape.Read(file, maxContext);
        var vocabulary = GgufVocabulary.Read(file, shape.Vocabulary);
        var family = ChatFamily.Detect(vocabulary.Template)
            ?? throw new FormatException($"its chat template is of no family that is known ({string.Join(", ", ChatFamily.Names)})");
        var languages = file.Metadata.GetValueOrDefault("general.languages") as string[] ?? [];
        return new(
            file.Text("general.name") is { Length: > 0 and <= LongestName } stated ? stated : Path.GetFileNameWithoutExtension(fileName),
            shape, vocabulary, family, TokenizerJson.Write(file, vocabulary),
            file.Text("general.license") is { Length: <= LongestName } license ? license : "",
            [.. languages.Where(code => code.Length is 2 or 3 && code.All(char.IsAsciiLetterLower)).Take(100)]);
    }
}
