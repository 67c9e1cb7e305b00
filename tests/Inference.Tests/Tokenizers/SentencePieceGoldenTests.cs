using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rag.Inference.Tokenizers;

namespace Rag.Inference.Tests.Tokenizers;

/// <summary>SentencePiece's BPE and Unigram against Hugging Face's tokenizers; see Data/tokenizers/README.md.</summary>
public sealed class SentencePieceGoldenTests
{
    private static readonly JsonObject Kinds = JsonObject.Create(Golden.Read<JsonElement>("tokenizers/kinds.json"))!;   // names differ by case
    private static readonly string[] Bpe = ["llama-legacy", "metaspace-first", "metaspace-always-split", "gemma", "whole-words"];
    private static readonly string[] BpeControl = ["<unk>", "<s>", "</s>"];
    private static readonly string[] UnigramControl = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"];

    private sealed record Row(string Text, Dictionary<string, int[]> Ids, Dictionary<string, string> Decoded);

    private static IReadOnlyList<Row> Rows => Golden.Lines<Row>("tokenizers/tokens.jsonl");

    public static TheoryData<string> BpeKinds => [.. Bpe];

    public static TheoryData<string> UnigramKinds => ["xlm-r", "xlm-r-later", "xlm-r-blanks"];

    [Theory]
    [MemberData(nameof(BpeKinds))]
    public void Bpe_GoldenTexts_GivesTheReferenceIdsAndText(string kind)
    {
        var tokenizer = new SentencePieceTokenizer(SentencePieceFile.Parse(File(kind)));
        var rows = Rows.Where(row => row.Ids.ContainsKey(kind)).ToArray();
        Assert.True(rows.Length > 180);
        Assert.All(rows, row =>
        {
            Assert.Equal(row.Ids[kind], tokenizer.Encode(row.Text));
            Assert.Equal(row.Decoded[kind], Decoded(tokenizer, row.Ids[kind]));
        });
    }

    [Theory]
    [MemberData(nameof(UnigramKinds))]
    public void Unigram_GoldenTexts_GivesTheReferenceIdsWithTheSpecialOnes(string kind)
    {
        var tokenizer = FramedTokenizer.Parse(File(kind), UnigramTokenizer.Parse(File(kind)));
        Assert.Equal(1, tokenizer.Pad);
        var rows = Rows.Where(row => row.Ids.ContainsKey(kind)).ToArray();
        Assert.True(rows.Length > 180);
        Assert.All(rows, row => Assert.Equal(row.Ids[kind], tokenizer.EncodeForModel(row.Text, 1_000)));
        Assert.All(rows, row => Assert.Equal(
            row.Ids[kind].Length <= 8 ? row.Ids[kind] : [.. row.Ids[kind][..7], 2], tokenizer.EncodeForModel(row.Text, 8)));   // cut, still closed by </s>
    }

    [Fact]
    public void Encode_NamesOfControlTokens_GiveNoControlId()
    {
        foreach (var kind in Bpe)
        {
            var tokenizer = new SentencePieceTokenizer(SentencePieceFile.Parse(File(kind)));
            Assert.DoesNotContain(tokenizer.Encode("<s> a</s>b"), id => id is 1 or 2);
        }

        Assert.DoesNotContain(UnigramTokenizer.Parse(File("xlm-r")).Encode("<s> a</s><pad><mask>"), id => id is 0 or 1 or 2 || id == UnigramVocabulary - 1);
    }

    [Fact]
    public void Encode_OpensATextAsItsPlaceSays()
    {
        bool Opens(string kind, TextPlace place)
        {
            var tokenizer = new SentencePieceTokenizer(SentencePieceFile.Parse(File(kind)));
            return tokenizer.Bytes(tokenizer.Encode("the", place)[0])[0] == ' ';
        }

        Assert.Equal([true, true, false], Enum.GetValues<TextPlace>().Select(place => Opens("llama-legacy", place)));
        Assert.Equal([true, false, false], Enum.GetValues<TextPlace>().Select(place => Opens("metaspace-first", place)));
        Assert.Equal([false, false, false], Enum.GetValues<TextPlace>().Select(place => Opens("gemma", place)));
    }

    [Theory]
    [InlineData("normalizer", """{"type":"Lowercase"}""", "Lowercase")]
    [InlineData("normalizer", """{"type":"Replace","pattern":{"Regex":"a+"},"content":"b"}""", "Replace")]
    [InlineData("pre_tokenizer", """{"type":"Whitespace"}""", "Whitespace")]
    [InlineData("pre_tokenizer", """{"type":"Metaspace","replacement":"_"}""", "Metaspace")]
    [InlineData("decoder", """{"type":"WordPiece"}""", "WordPiece")]
    public void Parse_AStepThatIsNotKnown_IsRefusedByName(string part, string content, string name)
    {
        var file = JsonNode.Parse(File("llama-legacy"))!.AsObject();
        file[part] = JsonNode.Parse(content);
        Assert.Contains(name, Assert.Throws<FormatException>(() => SentencePieceFile.Parse(JsonSerializer.SerializeToUtf8Bytes(file))).Message);
    }

    [Fact]
    public void Parse_DamagedFiles_AreRefusedOrRead()
    {
        var random = new Random(3);
        foreach (var kind in new[] { "llama-legacy", "xlm-r" })
        {
            var whole = File(kind);
            for (var round = 0; round < 60; round++)
            {
                var damaged = whole.ToArray();
                for (var change = 0; change < 3; change++)
                {
                    damaged[random.Next(damaged.Length)] = (byte)random.Next(32, 127);
                }

                var error = Record.Exception(() => kind == "xlm-r" ? UnigramTokenizer.Parse(damaged).Encode("a ﬁ é") : new SentencePieceTokenizer(SentencePieceFile.Parse(damaged)).Encode("a ﬁ é"));
                Assert.True(error is null or FormatException or JsonException, error?.ToString());
            }
        }
    }

    private static int UnigramVocabulary => Kinds["models"]!["unigram"]!["vocab"]!.AsArray().Count;

    private static string Decoded(SentencePieceTokenizer tokenizer, int[] ids)
    {
        var decoder = new TokenStreamDecoder(tokenizer);
        var text = new StringBuilder();
        foreach (var id in ids)
        {
            text.Append(decoder.Append(id));
        }

        return text.Append(decoder.Finish()).ToString();
    }

    internal static byte[] File(string kind)
    {
        var parts = Kinds["variants"]![kind]!.DeepClone().AsObject();
        var name = (string)parts["model"]!;
        var model = Kinds["models"]![name]!.DeepClone().AsObject();
        foreach (var (setting, value) in parts["set"]!.AsObject())
        {
            model[setting] = value!.DeepClone();
        }

        parts.Remove("set");
        parts["model"] = model;
        int Id(string content) => name == "bpe" ? (int)model["vocab"]![content]! : model["vocab"]!.AsArray().ToList().FindIndex(piece => (string)piece![0]! == content);
        parts["added_tokens"] = new JsonArray([.. (name == "bpe" ? BpeControl : UnigramControl)
            .Select(content => new JsonObject { ["id"] = Id(content), ["content"] = content, ["special"] = true })]);
        return Encoding.UTF8.GetBytes(parts.ToJsonString().Replace("@charsmap", (string)Kinds["charsmap"]!, StringComparison.Ordinal));
    }
}
