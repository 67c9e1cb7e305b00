using System.Text;
using System.Text.RegularExpressions;
using Rag.Inference.Tokenizers;

namespace Rag.Inference.Tests.Tokenizers;

public sealed class BytePairTokenizerTests
{
    private static readonly BytePairTokenizer Tokenizer = TokenizerLoader.BytePair(ShippedModels.ChatFolder);

    private sealed record Row(string Text, int[] Ids, int[] PlainIds);

    private static IReadOnlyList<Row> Rows => Golden.Lines<Row>("chat/tokens.jsonl");

    [Fact]
    public void Encode_GoldenTexts_GivesTheReferenceIdsWithoutControlTokens()
    {
        Assert.Equal(302, Rows.Count);
        Assert.All(Rows, row => Assert.Equal(row.PlainIds, Tokenizer.Encode(row.Text)));
        Assert.DoesNotContain(Rows.SelectMany(row => Tokenizer.Encode(row.Text)), Tokenizer.ControlIds.Contains);
    }

    [Fact]
    public void Encode_GoldenTextsCutAtControlTokens_GivesTheReferenceIdsOfARenderedTemplate() =>
        Assert.All(Rows, row => Assert.Equal(row.Ids, EncodeRendered(row.Text)));

    [Fact]
    public void StreamDecoder_TokenByToken_GivesTheTextBack()
    {
        foreach (var row in Rows)
        {
            var decoder = new TokenStreamDecoder(Tokenizer);
            var text = new StringBuilder();
            foreach (var id in row.PlainIds)
            {
                var piece = decoder.Append(id).ToString();
                Assert.DoesNotContain('\uFFFD', piece.Where(_ => !row.Text.Contains('\uFFFD')));
                text.Append(piece);
            }

            text.Append(decoder.Finish());
            Assert.Equal(row.Text, text.ToString());
        }
    }

    [Fact]
    public void StreamDecoder_CharacterSpreadOverTokens_ComesWhole()
    {
        var ids = Tokenizer.Encode("🫠");
        Assert.True(ids.Count > 1);
        var decoder = new TokenStreamDecoder(Tokenizer);
        var pieces = ids.Select(id => decoder.Append(id).ToString()).ToArray();
        Assert.All(pieces[..^1], piece => Assert.Empty(piece));
        Assert.Equal("🫠", pieces[^1]);
    }

    [Fact]
    public void StreamDecoder_EndsWithinACharacter_GivesTheReplacementCharacterOnce()
    {
        var ids = Tokenizer.Encode("🫠");
        var decoder = new TokenStreamDecoder(Tokenizer);
        Assert.Equal("", decoder.Append(ids[0]).ToString());
        Assert.Equal("\uFFFD", decoder.Finish().ToString());
    }

    [Fact]
    public void Encode_LoneSurrogate_IsTheReplacementCharacter() =>
        Assert.Equal(Tokenizer.Encode("a\uFFFDb"), Tokenizer.Encode("a\uD800b"));

    [Fact]
    public void Encode_MegabyteWithoutBlank_TakesNoQuadraticTime()
    {
        var start = TimeProvider.System.GetTimestamp();
        var ids = Tokenizer.Encode(string.Concat(Enumerable.Repeat("abcdefgh", 1 << 17)));
        Assert.Equal(0, ids.Count % (1 << 10));
        Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(20));   // a pass per merge would take hours
    }

    [Fact]
    public void Parse_AnotherKindOfTokenizer_IsRefused() =>
        Assert.Throws<FormatException>(() => BytePairFile.Parse(
            """{"added_tokens":[],"pre_tokenizer":{"type":"ByteLevel"},"normalizer":null,"model":{"type":"BPE","vocab":{},"merges":[]}}"""u8));

    // What the reference does with a rendered template: control tokens by name, everything between them as plain text.
    internal static int[] EncodeRendered(string text)
    {
        var names = string.Join('|', Tokenizer.ControlIds.Select(id => Regex.Escape(Name(id))).OrderByDescending(n => n.Length));
        return [.. Regex.Split(text, $"({names})").SelectMany(part => ControlId(part) is { } id ? [id] : Tokenizer.Encode(part))];
    }

    private static readonly Dictionary<string, int> Names = BytePairFile
        .Parse(File.ReadAllBytes(Path.Combine(ShippedModels.ChatFolder.Path, "tokenizer.json"))).AddedTokens.ToDictionary(t => t.Content, t => t.Id);

    private static string Name(int id) => Names.First(p => p.Value == id).Key;

    private static int? ControlId(string part) => Names.TryGetValue(part, out var id) ? id : null;
}
