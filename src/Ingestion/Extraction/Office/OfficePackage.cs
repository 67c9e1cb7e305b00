using System.Xml;
using System.Xml.Linq;
using Rag.Ingestion.Extraction.Containers;
using Rag.Ingestion.Extraction.Flow;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Extraction.Office;

/// <summary>An Office Open XML file: its main part, what that refers to, its title. Elements are known by local name, so strict files read like transitional ones.</summary>
internal sealed class OfficePackage : IDisposable
{
    /// <summary>Characters of a part that the text can be read without.</summary>
    private const long MostBeside = 4_000_000;

    private OfficePackage(ZipContainer parts, string main) => (Parts, Main) = (parts, main);

    public ZipContainer Parts { get; }

    /// <summary>Path of the main part.</summary>
    public string Main { get; }

    public string? Title
    {
        get
        {
            string? core = Related(Parts, "").FirstOrDefault(relation => relation.Type == "core-properties")?.Target;
            return core is null ? null : Parts.Xml(core)?.Child("title")?.Value is { } title ? FlowText.Fold(title) : null;
        }
    }

    /// <param name="usual">Where the main part stands in nearly all files.</param>
    public static OfficePackage Open(byte[] file, string usual, FlowLimits limits)
    {
        ZipContainer parts = ZipContainer.Open(file, limits);
        try
        {
            string main = Related(parts, "").FirstOrDefault(relation => relation.Type == "officeDocument")?.Target ?? usual;
            return parts.Has(main) && main.Split('/')[0].Equals(usual.Split('/')[0], StringComparison.OrdinalIgnoreCase)
                ? new OfficePackage(parts, main)
                : throw new RefusedFileException(RefusalReason.WrongType);
        }
        catch
        {
            parts.Dispose();
            throw;
        }
    }

    /// <summary>What a part refers to inside the file; targets outside of it are left out.</summary>
    public List<Relation> Related(string part) => Related(Parts, part);

    /// <summary>The first part of a type that the main part refers to, as XML; null where there is none.</summary>
    public XElement? MainRelated(string type) =>
        Related(Main).FirstOrDefault(relation => relation.Type == type) is { } found ? Parts.Xml(found.Target) : null;

    /// <summary>A part that the text can be read without, such as a slide's layout; null where it is missing, damaged or endless.</summary>
    public XElement? Beside(string path)
    {
        try
        {
            using XmlReader? reader = Parts.Reader(path, most: MostBeside);
            return reader is null ? null : XDocument.Load(reader).Root;
        }
        catch (Exception damaged) when (IsDamage(damaged))
        {
            return null;
        }
    }

    /// <summary>What reading a part throws that no program can have written so.</summary>
    public static bool IsDamage(Exception exception) => exception is XmlException or InvalidDataException or RefusedFileException { Reason: RefusalReason.Damaged };

    public void Dispose() => Parts.Dispose();

    private static List<Relation> Related(ZipContainer parts, string part)
    {
        int slash = part.LastIndexOf('/');
        XElement? relations = parts.Xml($"{part[..(slash + 1)]}_rels/{part[(slash + 1)..]}.rels");
        return relations is null ? [] :
        [
            .. relations.Children("Relationship").Where(relation => relation.Attr("TargetMode") != "External").Select(relation => new Relation(
                relation.Attr("Id") ?? "", (relation.Attr("Type") ?? "").Split('/')[^1], ZipContainer.Resolve(part, relation.Attr("Target") ?? ""))),
        ];
    }
}

/// <param name="Type">The last word of its URI, such as "slide".</param>
/// <param name="Target">Path of the part.</param>
internal sealed record Relation(string Id, string Type, string Target);
