using System.Globalization;

namespace Rag.Ingestion.Extraction.Office;

/// <summary>A colour of an Office file: red, green and blue of sRGB and how much it covers, all from 0 to 1.</summary>
internal readonly record struct Colour(double Red, double Green, double Blue, double Alpha = 1)
{
    /// <summary>5 % rounded to bytes, the first step of Office's palettes: letters that differ less from their ground are not seen.</summary>
    private const double SameColour = 0.052;

    public static Colour White { get; } = new(1, 1, 1);

    public static Colour Black { get; } = new(0, 0, 0);

    /// <param name="digits">Six hexadecimal digits, or eight with what Excel writes in front and does not heed.</param>
    /// <returns>Null for all else, such as "auto".</returns>
    public static Colour? Hex(string? digits)
    {
        ReadOnlySpan<char> six = digits?.Length == 8 ? digits.AsSpan(2) : digits;
        return six.Length == 6 && int.TryParse(six, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int rgb)
            ? new Colour((rgb >> 16) / 255.0, ((rgb >> 8) & 255) / 255.0, (rgb & 255) / 255.0) : null;
    }

    /// <param name="hue">In turns.</param>
    public static Colour Of(double hue, double saturation, double lightness, double alpha = 1)
    {
        hue -= Math.Floor(hue);
        double chroma = (1 - Math.Abs((2 * lightness) - 1)) * saturation;
        return new Colour(Part(0), Part(8), Part(4), alpha);

        // Each channel is the same trapezoid over the hue, turned by a third.
        double Part(int turn)
        {
            double twelfth = (turn + (hue * 12)) % 12;
            return Math.Clamp(lightness - (chroma / 2 * Math.Clamp(Math.Min(twelfth - 3, 9 - twelfth), -1, 1)), 0, 1);
        }
    }

    /// <summary>The inverse of <see cref="Of"/>; a grey has hue 0.</summary>
    public (double Hue, double Saturation, double Lightness) Hsl
    {
        get
        {
            double most = Math.Max(Red, Math.Max(Green, Blue)), least = Math.Min(Red, Math.Min(Green, Blue));
            double chroma = most - least, lightness = (most + least) / 2;
            if (chroma < 1e-9)
            {
                return (0, 0, lightness);
            }

            double sixths = most == Red ? (Green - Blue) / chroma : most == Green ? 2 + ((Blue - Red) / chroma) : 4 + ((Red - Green) / chroma);
            return ((sixths + 6) % 6 / 6, Math.Min(1, chroma / (1 - Math.Abs((2 * lightness) - 1))), lightness);
        }
    }

    /// <summary>The lightness changed, hue and saturation kept.</summary>
    public Colour Lit(Func<double, double> change)
    {
        (double hue, double saturation, double lightness) = Hsl;
        return Of(hue, saturation, Math.Clamp(change(lightness), 0, 1), Alpha);
    }

    /// <summary>A colour that covers all that is behind it; else null.</summary>
    public static Colour? Covering(Colour? colour) => colour is { Alpha: >= 1 } ? colour : null;

    /// <summary>As it looks on a ground.</summary>
    public Colour Over(Colour ground) => Alpha >= 1 ? this : new Colour(Mix(Red, ground.Red), Mix(Green, ground.Green), Mix(Blue, ground.Blue), ground.Alpha);

    public bool IsLike(Colour other) =>
        Math.Abs(Red - other.Red) <= SameColour && Math.Abs(Green - other.Green) <= SameColour && Math.Abs(Blue - other.Blue) <= SameColour;

    private double Mix(double ink, double ground) => (Alpha * ink) + ((1 - Alpha) * ground);
}
