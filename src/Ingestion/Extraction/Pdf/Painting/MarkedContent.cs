using System.Text;
using UglyToad.PdfPig.Tokenization.Scanner;
using UglyToad.PdfPig.Tokens;

namespace Rag.Ingestion.Extraction.Pdf.Painting;

/// <summary>What the marks around a piece of content say of it: the layer that it belongs to, and a text given in its place.</summary>
internal sealed class MarkedContent
{
    private readonly Stack<Mark> open = new();
    private readonly List<ReplacementText> replacements = [];

    public IReadOnlyList<ReplacementText> Replacements => replacements;

    /// <summary>What of optional content has to be on; null outside of any.</summary>
    public LayerRule? Layer => open.TryPeek(out Mark? mark) ? mark.Layer : null;

    public void Begin(string tag, DictionaryToken? facts, IPdfTokenScanner scanner) =>
        open.Push(new Mark((tag == "OC" ? RuleOf(facts, scanner) : null) ?? Layer, facts is null ? null : Text(facts, "ActualText", scanner)));

    /// <returns>True when the form belongs to a layer; then it is to be ended like a mark.</returns>
    public bool BeginForm(DictionaryToken form, IPdfTokenScanner scanner)
    {
        if (!form.TryGet(NameToken.Create("OC"), out IToken? layer) || RuleOf(Dictionary(layer, scanner), scanner) is not { } rule)
        {
            return false;
        }

        open.Push(new Mark(rule, null));
        return true;
    }

    public void End()
    {
        if (open.TryPop(out Mark? mark) && mark.Given is { } given)
        {
            replacements.Add(new ReplacementText(given, mark.Painted.ToString(), mark.Box));
        }
    }

    public void EndAll()
    {
        while (open.Count > 0)
        {
            End();
        }
    }

    public void Paint(string text)
    {
        foreach (Mark mark in open)
        {
            if (mark.Given is not null)
            {
                mark.Painted.Append(text);
            }
        }
    }

    public void Stand(Box box)
    {
        foreach (Mark mark in open)
        {
            mark.Box ??= box;
        }
    }

    /// <summary>Of a group or a membership dictionary; null for one that is written as an expression, which nobody reads here.</summary>
    private LayerRule? RuleOf(DictionaryToken? facts, IPdfTokenScanner scanner)
    {
        if (facts is null || facts.ContainsKey(NameToken.Create("VE")) || Layer is { Depth: >= LayerRule.Deepest })
        {
            return null;
        }

        if (!facts.TryGet(NameToken.Create("OCGs"), out IToken? groups))
        {
            return Text(facts, "Name", scanner) is { } name ? new LayerRule([name], "AnyOn", Layer) : null;
        }

        IEnumerable<IToken> members = Resolve(groups, scanner) is ArrayToken array ? array.Data : [groups];
        List<string> names = [.. members.Take(1_000).Select(member => Dictionary(member, scanner)).OfType<DictionaryToken>().Select(group => Text(group, "Name", scanner)).OfType<string>()];
        string policy = facts.TryGet(NameToken.Create("P"), out IToken? given) && Resolve(given, scanner) is NameToken chosen ? chosen.Data : "AnyOn";
        return names.Count == 0 ? null : new LayerRule(names, policy, Layer);
    }

    private static string? Text(DictionaryToken facts, string key, IPdfTokenScanner scanner) =>
        !facts.TryGet(NameToken.Create(key), out IToken? token) ? null : Resolve(token, scanner) switch
        {
            StringToken text => text.Data,
            HexToken hex => hex.Data,
            _ => null,
        };

    private static DictionaryToken? Dictionary(IToken? token, IPdfTokenScanner scanner) => Resolve(token, scanner) as DictionaryToken;

    private static IToken? Resolve(IToken? token, IPdfTokenScanner scanner) =>
        token is IndirectReferenceToken reference ? scanner.Get(reference.Data)?.Data : token;

    private sealed class Mark(LayerRule? layer, string? given)
    {
        /// <summary>Its own, else that of the mark around it.</summary>
        public LayerRule? Layer { get; } = layer;
        public string? Given { get; } = given;
        public StringBuilder Painted { get; } = new();
        public Box? Box { get; set; }
    }
}
