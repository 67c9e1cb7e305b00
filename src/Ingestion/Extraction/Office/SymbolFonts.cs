using System.Globalization;

namespace Rag.Ingestion.Extraction.Office;

/// <summary>
/// Signs that Word writes as a place in a font and not as a character: Greek letters, degrees, check boxes. Places of "Symbol" as in Adobe's encoding of that
/// name; of "Wingdings" what stands in texts.
/// </summary>
internal static class SymbolFonts
{
    private const string SymbolLow =   // from 0x20
        " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧ∆ΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼";

    private const string SymbolHigh =   // from 0xA0
        "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑";

    private static readonly Dictionary<int, string> Wingdings = new()
    {
        [0x6C] = "•", [0x6E] = "■", [0x6F] = "☐", [0x71] = "☐", [0x72] = "☐", [0xA7] = "▪", [0xA8] = "☐", [0xD8] = "➢", [0xE0] = "→", [0xDF] = "←", [0xE8] = "→",
        [0xFB] = "✗", [0xFC] = "✓", [0xFD] = "☒", [0xFE] = "☑", [0x4A] = "☺", [0x4C] = "☹", [0x29] = "✆", [0x2A] = "✉",
    };

    /// <param name="place">Four hexadecimal digits; the first two are "F0" for places of a font.</param>
    /// <returns>Empty for what has no character.</returns>
    public static string Letter(string? font, string? place)
    {
        if (!int.TryParse(place, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code) || code is < 0x20 or > 0xFFFF || char.IsSurrogate((char)code))
        {
            return "";
        }

        if (code is >= 0x100 and (< 0xF000 or > 0xF0FF))
        {
            return ((char)code).ToString();
        }

        int low = code & 0xFF;
        return font switch
        {
            "Symbol" when low >= 0x20 && low - 0x20 < SymbolLow.Length => SymbolLow[low - 0x20].ToString(),
            "Symbol" when low >= 0xA0 && low - 0xA0 < SymbolHigh.Length => SymbolHigh[low - 0xA0].ToString(),
            "Wingdings" => Wingdings.GetValueOrDefault(low, ""),
            _ when code < 0x100 => ((char)code).ToString(),
            _ => "",
        };
    }
}
