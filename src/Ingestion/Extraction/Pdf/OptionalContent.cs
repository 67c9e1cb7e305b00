using UglyToad.PdfPig;
using UglyToad.PdfPig.Tokens;

namespace Rag.Ingestion.Extraction.Pdf;

/// <summary>Layers of a document that a viewer does not show when it opens.</summary>
internal static class OptionalContent
{
    /// <returns>Their names; two layers of one name cannot be told apart.</returns>
    public static IReadOnlySet<string> LayersOff(PdfDocument document)
    {
        var names = new HashSet<string>();
        if (Get(document, document.Structure.Catalog.CatalogDictionary, "OCProperties") is not DictionaryToken properties
            || Get(document, properties, "D") is not DictionaryToken usual)
        {
            return names;
        }

        if (Get(document, usual, "BaseState") is NameToken { Data: "OFF" })
        {
            names.UnionWith(Names(document, Get(document, properties, "OCGs")));
            names.ExceptWith(Names(document, Get(document, usual, "ON")));
        }

        names.UnionWith(Names(document, Get(document, usual, "OFF")));
        return names;
    }

    private static IEnumerable<string> Names(PdfDocument document, IToken? groups) =>
        groups is not ArrayToken array ? [] : array.Data.Select(group => Resolve(document, group)).OfType<DictionaryToken>()
            .Select(group => Get(document, group, "Name") switch { StringToken text => text.Data, HexToken hex => hex.Data, _ => null }).OfType<string>();

    private static IToken? Get(PdfDocument document, DictionaryToken dictionary, string key) =>
        dictionary.TryGet(NameToken.Create(key), out IToken? token) ? Resolve(document, token) : null;

    private static IToken? Resolve(PdfDocument document, IToken? token) =>
        token is IndirectReferenceToken reference ? document.Structure.GetObject(reference.Data)?.Data : token;
}
