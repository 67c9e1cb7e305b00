using System.Xml;
using System.Xml.Linq;

namespace Rag.Ingestion.Extraction.Office;

/// <summary>What the names of a theme's colours stand for: the colours of the theme, and which of them a slide, a document or a sheet calls light and dark.</summary>
internal sealed class ThemeColours
{
    /// <summary>Characters of the part that are looked at. Themes of real files have some ten thousand, and their colours come first.</summary>
    private const long MostCharacters = 2_000_000;

    /// <summary>In the order that Excel counts them in; in the file the first two pairs stand the other way round.</summary>
    private static readonly string[] Numbered = ["lt1", "dk1", "lt2", "dk2", "accent1", "accent2", "accent3", "accent4", "accent5", "accent6", "hlink", "folHlink"];

    private static readonly Dictionary<string, string> UsualNames = new(StringComparer.Ordinal) { ["bg1"] = "lt1", ["tx1"] = "dk1", ["bg2"] = "lt2", ["tx2"] = "dk2" };

    private readonly Dictionary<string, Colour?> scheme;
    private readonly Dictionary<string, string> names;

    private ThemeColours(Dictionary<string, Colour?> scheme, Dictionary<string, string> names, bool plainBackground) =>
        (this.scheme, this.names, HasPlainBackground) = (scheme, names, plainBackground);

    /// <summary>The first background of the theme is the colour that is asked for, and no picture or gradient.</summary>
    public bool HasPlainBackground { get; }

    /// <summary>The theme that a part refers to. One that is missing, damaged or endless gives what was read of it, and Office's own white and black for the rest.</summary>
    public static ThemeColours Read(OfficePackage package, string part)
    {
        XElement? scheme = null, background = null;
        try
        {
            using XmlReader? reader = package.Related(part).Find(relation => relation.Type == "theme") is { } theme ? package.Parts.Reader(theme.Target, most: MostCharacters) : null;
            bool more = reader?.Read() == true;
            while (more && background is null)
            {
                if (reader!.NodeType == XmlNodeType.Element && reader.LocalName == "clrScheme" && scheme is null)
                {
                    scheme = (XElement)XNode.ReadFrom(reader);
                    more = !reader.EOF;
                }
                else if (reader.NodeType == XmlNodeType.Element && reader.LocalName == "bgFillStyleLst")
                {
                    background = (XElement)XNode.ReadFrom(reader);
                }
                else
                {
                    more = reader.Read();
                }
            }
        }
        catch (Exception damaged) when (OfficePackage.IsDamage(damaged))
        {
            // Colours are beside the point: the text is read without them.
        }

        var colours = new Dictionary<string, Colour?>(StringComparer.Ordinal) { ["lt1"] = Colour.White, ["dk1"] = Colour.Black };
        foreach (XElement entry in scheme?.Elements() ?? [])
        {
            if (Numbered.Contains(entry.Name.LocalName))
            {
                colours[entry.Name.LocalName] = DrawingColour.Of(entry, theme: null);   // an entry that names another is none
            }
        }

        XElement? first = background?.Elements().FirstOrDefault();
        return new ThemeColours(colours, UsualNames, first is null || (first.Is("solidFill") && first.Child("schemeClr") is { HasElements: false } plain && plain.Attr("val") == "phClr"));
    }

    /// <summary>The same theme with other names for its colours; those that are not given stay.</summary>
    /// <param name="given">A name and the theme's own one, such as ("bg1", "dk1").</param>
    public ThemeColours With(IEnumerable<(string Name, string? Own)> given)
    {
        var changed = new Dictionary<string, string>(names, StringComparer.Ordinal);
        foreach ((string name, string? own) in given)
        {
            if (own is not null)
            {
                changed[name] = own;
            }
        }

        return new ThemeColours(scheme, changed, HasPlainBackground);
    }

    /// <param name="map">A "clrMap" of a master, or what a layout or slide has in its place.</param>
    public ThemeColours With(XElement map) => With(UsualNames.Keys.Concat(Numbered[4..]).Select(name => (name, map.Attr(name))));

    /// <param name="name">As a "schemeClr" says it.</param>
    /// <returns>Null for a name that the theme does not have; a name is looked up once, so none can lead in a circle.</returns>
    public Colour? Named(string? name) => name is null ? null : scheme.GetValueOrDefault(names.GetValueOrDefault(name, name));

    /// <param name="index">As a cell's style says it.</param>
    public Colour? At(int index) => index >= 0 && index < Numbered.Length ? scheme.GetValueOrDefault(Numbered[index]) : null;
}
