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

    /// <summary>Name of the innermost optional content group; null outside of any.</summary>
    public string? Layer => open.TryPeek(out Mark? mark) ? mark.Layer : null;

    public void Begin(string tag, DictionaryToken? facts, IPdfTokenScanner scanner) =>
        open.Push(new Mark((tag == "OC" ? LayerName(facts, scanner) : null) ?? Layer, facts is null ? null : Text(facts, "ActualText", scanner)));

    /// <returns>True when the form belongs to a layer; then it is to be ended like a mark.</returns>
    public bool BeginForm(DictionaryToken form, IPdfTokenScanner scanner)
    {
        if (!form.TryGet(NameToken.Create("OC"), out IToken? layer) || LayerName(Dictionary(layer, scanner), scanner) is not { } name)
        {
            return false;
        }

        open.Push(new Mark(name, null));
        return true;
    }

    public void End()
    {
        if (open.TryPop(out Mark? mark) && mark.Given is { } given)
        {
            replacements.Add(new ReplacementText(given, mark.Painted.ToString(), mark.Box));
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

    /// <summary>The group's name, or that of the first group of a membership dictionary.</summary>
    private static string? LayerName(DictionaryToken? facts, IPdfTokenScanner scanner)
    {
        if (facts is null)
        {
            return null;
        }

        if (facts.TryGet(NameToken.Create("OCGs"), out IToken? groups))
        {
            IToken? resolved = Resolve(groups, scanner);
            facts = Dictionary(resolved is ArrayToken { Length: > 0 } array ? array.Data[0] : resolved, scanner) ?? facts;
        }

        return Text(facts, "Name", scanner);
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

    private sealed class Mark(string? layer, string? given)
    {
        /// <summary>Its own, else that of the mark around it.</summary>
        public string? Layer { get; } = layer;
        public string? Given { get; } = given;
        public StringBuilder Painted { get; } = new();
        public Box? Box { get; set; }
    }
}
