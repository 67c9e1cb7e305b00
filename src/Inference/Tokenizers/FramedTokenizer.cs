namespace Rag.Inference.Tokenizers;

/// <summary>A tokenizer with the special tokens around a text that the <c>post_processor</c> of its file states.</summary>
internal sealed class FramedTokenizer : IEmbeddingTokenizer
{
    private readonly ITextTokenizer inner;
    private readonly int[] before = [];
    private readonly int[] behind = [];

    private FramedTokenizer(ITextTokenizer inner, TokenizerPart root)
    {
        this.inner = inner;
        // Bytes only trims offsets, which nobody asks for.
        var steps = root.Find("post_processor") is not { } found ? [] : found.Type == "Sequence" ? found.Get("processors").List() : [found];
        switch (steps.Where(step => step.Type != "ByteLevel").ToArray())
        {
            case []:
                break;
            case [{ Type: "TemplateProcessing" } template]:
                (before, behind) = Template(template);
                break;
            case [{ Type: "RobertaProcessing" or "BertProcessing" } pair]:
                (before, behind) = ([Named(pair.Get("cls"))], [Named(pair.Get("sep"))]);
                break;
            default:
                throw root.Get("post_processor").Unknown();
        }

        var added = new AddedTokens(root.AddedTokens());
        // Nothing attends to it, so any id will do where none is stated.
        Pad = root.Find("padding")?.FindNumber("pad_id") ?? added.Find("<pad>") ?? added.Find("[PAD]") ?? behind.Concat(before).FirstOrDefault();
    }

    public int Pad { get; }

    /// <exception cref="FormatException">Special tokens in a way that is not known.</exception>
    /// <exception cref="System.Text.Json.JsonException">Damaged.</exception>
    public static FramedTokenizer Parse(ReadOnlyMemory<byte> json, ITextTokenizer inner) => TokenizerPart.Read(json, root => new FramedTokenizer(inner, root));

    public List<int> Encode(string text, TextPlace place = TextPlace.Start) => inner.Encode(text, place);

    public int[] EncodeForModel(string text, int maxTokens)
    {
        var tokens = inner.Encode(text);
        var kept = Math.Clamp(maxTokens - before.Length - behind.Length, 0, tokens.Count);
        return [.. before, .. tokens.Take(kept), .. behind];
    }

    // "single": a list of {"SpecialToken":{"id":"<s>","type_id":0}} and {"Sequence":{"id":"A","type_id":0}}
    private static (int[] Before, int[] Behind) Template(TokenizerPart template)
    {
        var ids = template.Get("special_tokens");
        var (before, behind, text) = (new List<int>(), new List<int>(), false);
        foreach (var part in template.Get("single").List())
        {
            if (part.Find("SpecialToken") is { } special)
            {
                (text ? behind : before).AddRange(ids.Get(special.Text("id")).Get("ids").List().Select(id => id.Number()));
            }
            else if (!text && part.Find("Sequence")?.Text("id") == "A")
            {
                text = true;
            }
            else
            {
                throw template.Unknown();
            }
        }

        return text ? ([.. before], [.. behind]) : throw template.Unknown();
    }

    // ["</s>", 2]
    private static int Named(TokenizerPart pair) => pair.List() is [_, var id] ? id.Number() : throw pair.Unknown();
}
