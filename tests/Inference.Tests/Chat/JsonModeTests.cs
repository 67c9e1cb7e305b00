using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Rag.Inference.Chat;

namespace Rag.Inference.Tests.Chat;

/// <summary>JSON mode: what the acceptor lets through, and what the small model writes with it.</summary>
public sealed class JsonModeTests(InferenceHost host)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("{}")]
    [InlineData(" {\n \"a\" : [ ] , \"b\\u00e9\\n\" : { \"c\" : -0.5e+3 } }\n")]
    [InlineData("{\"a\":[0,10,1.25,1E9,true,false,null,\"\",\"ß漢😀\\/\"]}")]
    public void Accept_Object_IsCompleteAtItsEndAlone(string json)
    {
        var grammar = new JsonGrammar();
        var bytes = Encoding.UTF8.GetBytes(json.TrimEnd());
        for (var i = 0; i < bytes.Length; i++)
        {
            Assert.False(grammar.IsComplete);
            Assert.True(grammar.Accept(bytes.AsSpan(i, 1)), $"byte {i} of {json}");
        }

        Assert.True(grammar.IsComplete);
        var blank = grammar;
        Assert.True(blank.Accept("\n "u8));
        Assert.False(grammar.Accept("{"u8));
    }

    [Theory]
    [InlineData("[")]
    [InlineData("1")]
    [InlineData("{,")]
    [InlineData("{a")]
    [InlineData("{\"a\",")]
    [InlineData("{\"a\":}")]
    [InlineData("{\"a\":01")]
    [InlineData("{\"a\":-,")]
    [InlineData("{\"a\":1.}")]
    [InlineData("{\"a\":1e}")]
    [InlineData("{\"a\":+")]
    [InlineData("{\"a\":nul}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{\"a\":[1,]")]
    [InlineData("{\"a\":[1}")]
    [InlineData("{\"a\":\"\n")]
    [InlineData("{\"a\":\"\\x")]
    [InlineData("{\"a\":\"\\ud8")]
    [InlineData("{\"a\":\"\\u12g")]
    public void Accept_LastByteWrong_IsRefusedThereAndNotBefore(string json)
    {
        var (grammar, bytes) = (new JsonGrammar(), Encoding.UTF8.GetBytes(json));
        Assert.True(grammar.Accept(bytes.AsSpan(..^1)));
        Assert.False(grammar.Accept(bytes.AsSpan(^1..)));
    }

    [Fact]
    public void Accept_BrokenCharacters_AreRefused()
    {
        foreach (var broken in new byte[][] { [0x80], [0xC0], [0xC1, 0xBF], [0xE0, 0x80], [0xED, 0xA0], [0xF0, 0x80], [0xF4, 0x90], [0xF5], [0xE2, 0x82, 0x22] })
        {
            var grammar = new JsonGrammar();
            Assert.False(grammar.Accept([.. "{\""u8, .. broken]));
        }
    }

    [Fact]
    public void Accept_NestingBlanksAndDigits_AreLimited()
    {
        Assert.True(Ok("{\"a\":" + new string('[', JsonGrammar.MostNesting - 1)));
        Assert.False(Ok("{\"a\":" + new string('[', JsonGrammar.MostNesting)));
        Assert.True(Ok("{" + new string(' ', JsonGrammar.MostBlanks)));
        Assert.False(Ok("{" + new string(' ', JsonGrammar.MostBlanks + 1)));
        Assert.True(Ok("{\"a\":" + new string('7', JsonGrammar.MostDigits)));
        Assert.False(Ok("{\"a\":" + new string('7', JsonGrammar.MostDigits + 1)));

        static bool Ok(string json)
        {
            var grammar = new JsonGrammar();
            return grammar.Accept(Encoding.UTF8.GetBytes(json));
        }
    }

    /// <summary>Random documents, and the same with one byte changed: accepted are those alone that System.Text.Json parses.</summary>
    [Fact]
    public void Accept_RandomAndChangedDocuments_AgreesWithThePlatformsParser()
    {
        var random = new Random(7);
        var (good, bad) = (0, 0);
        for (var i = 0; i < 4_000; i++)
        {
            var text = new StringBuilder("{");
            Members(random, text, 3);
            var bytes = Encoding.UTF8.GetBytes(text.Append('}').ToString());
            if (i % 4 != 0)
            {
                bytes[random.Next(bytes.Length)] = random.Next(3) == 0 ? (byte)random.Next(256) : "{}[]\",:\\-.0e "u8[random.Next(13)];
            }

            var grammar = new JsonGrammar();
            var accepted = grammar.Accept(bytes) && grammar.IsComplete;
            Assert.True(accepted == Parses(bytes), $"{accepted}: {Encoding.Latin1.GetString(bytes)}");
            (good, bad) = accepted ? (good + 1, bad) : (good, bad + 1);
        }

        Assert.True(good > 1_000 && bad > 1_000, $"{good}, {bad}");
    }

    /// <summary>The small model, which writes no JSON by itself, at both temperatures.</summary>
    [Fact]
    public async Task Answer_InJson_IsAnObjectWheneverItEndsByItself()
    {
        var ended = 0;
        foreach (var (prompt, temperature, seed) in new[] { ("Describe a ship.", 0f, 1), ("Name and age of Anna, who is 7, as JSON.", 0f, 1), ("Name and age of Anna, who is 7, as JSON.", 1f, 2), ("Hi", 1f, 3) })
        {
            var answer = await host.Services.GetRequiredService<IChatClient>().GetResponseAsync(
                prompt, new() { ResponseFormat = ChatResponseFormat.Json, Temperature = temperature, Seed = seed, MaxOutputTokens = 60 }, Cancel);
            if (answer.FinishReason == ChatFinishReason.Stop)
            {
                ended++;
                using var json = JsonDocument.Parse(answer.Text);
                Assert.Equal(JsonValueKind.Object, json.RootElement.ValueKind);
            }
            else
            {
                Assert.Equal(ChatFinishReason.Length, answer.FinishReason);
                var grammar = new JsonGrammar();
                Assert.True(grammar.Accept(Encoding.UTF8.GetBytes(answer.Text.TrimEnd('\uFFFD'))) && !grammar.IsComplete, answer.Text);
            }
        }

        Assert.True(ended > 0);
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(1f)]
    public void Next_LikelyTokensNotAllowed_TakesOneThatIs(float temperature)
    {
        var sampler = new Sampler(
            new(10, temperature, 1, null, 5, 1, 0, 0, []), new HashSet<int>(), new Only(900));
        var logits = Enumerable.Range(0, 1_000).Select(i => i == 900 ? -50f : i / 1_000f).ToArray();
        Assert.Equal(900, sampler.Next(logits));
        Assert.True(sampler.IsComplete);
        Assert.Throws<InferenceException>(() => new Sampler(new(10, temperature, 1, null, 5, 1, 0, 0, []), new HashSet<int>(), new Only(-1)).Next(new float[50]));
    }

    private static bool Parses(byte[] bytes)
    {
        try
        {
            using var json = JsonDocument.Parse(bytes);
            // Half pairs written as escapes parse, but are no text; the acceptor does not let them be written.
            return json.RootElement.ValueKind == JsonValueKind.Object && new UTF8Encoding(false, true).GetString(bytes).Length > 0;
        }
        catch (Exception error) when (error is JsonException or DecoderFallbackException)
        {
            return false;
        }
    }

    private static void Members(Random random, StringBuilder text, int depth)
    {
        for (var i = random.Next(4); i > 0; i--)
        {
            Text(random, text);
            text.Append(random.Next(2) == 0 ? ":" : " :\n");
            Value(random, text, depth);
            text.Append(i > 1 ? "," : "");
        }
    }

    private static void Value(Random random, StringBuilder text, int depth)
    {
        switch (random.Next(depth > 0 ? 7 : 5))
        {
            case 0: text.Append(random.Next(-500, 500)); break;
            case 1: text.Append(new[] { "0.25", "-1e5", "12E-2", "0", "-0", "3.5e+7" }[random.Next(6)]); break;
            case 2: text.Append(new[] { "true", "false", "null" }[random.Next(3)]); break;
            case 3 or 4: Text(random, text); break;
            case 5:
                text.Append("{ ");
                Members(random, text, depth - 1);
                text.Append('}');
                break;
            default:
                text.Append('[');
                for (var i = random.Next(4); i > 0; i--)
                {
                    Value(random, text, depth - 1);
                    text.Append(i > 1 ? ", " : " ");
                }

                text.Append(']');
                break;
        }
    }

    private static void Text(Random random, StringBuilder text)
    {
        text.Append('"');
        for (var i = random.Next(6); i > 0; i--)
        {
            text.Append(new[] { "a", "ß", "漢", "😀", "\\n", "\\\"", "\\u00e9", " ", "7", "}" }[random.Next(10)]);
        }

        text.Append('"');
    }

    private sealed class Only(int token) : IAllowedTokens
    {
        public bool IsComplete { get; private set; }

        public bool IsAllowed(int candidate) => candidate == token;

        public void Accept(int chosen) => IsComplete = true;
    }
}
