using System.Runtime.InteropServices;

namespace Rag.Ingestion.Extraction.Layout;

/// <summary>Glyphs of one line, from left to right.</summary>
internal sealed class GlyphRow(List<Glyph> glyphs)
{
    public List<Glyph> Glyphs { get; } = glyphs;

    /// <summary>Of the largest glyph.</summary>
    public float LargestSize { get; } = Largest(glyphs);

    /// <summary>Of all letters the one in the middle, by size and by height.</summary>
    public (float Size, float Baseline) Middle()
    {
        ReadOnlySpan<Glyph> all = CollectionsMarshal.AsSpan(Glyphs);
        int first = 0, count = 0;
        bool sizes = false, baselines = false;   // differ
        for (int i = 0; i < all.Length; i++)
        {
            ref readonly Glyph glyph = ref all[i];
            if (!glyph.IsBlank)
            {
                first = count++ == 0 ? i : first;
                sizes |= glyph.Size != all[first].Size;
                baselines |= glyph.Baseline != all[first].Baseline;
            }
        }

        if (!sizes && !baselines)
        {
            return (all[first].Size, all[first].Baseline);   // nearly every row
        }

        Span<float> values = count <= 512 ? stackalloc float[count] : new float[count];
        float size = sizes ? Middle(all, values, static (ref readonly Glyph glyph) => glyph.Size) : all[first].Size;
        return (size, baselines ? Middle(all, values, static (ref readonly Glyph glyph) => glyph.Baseline) : all[first].Baseline);
    }

    private delegate float Value(ref readonly Glyph glyph);

    private static float Middle(ReadOnlySpan<Glyph> all, Span<float> values, Value value)
    {
        int count = 0;
        foreach (ref readonly Glyph glyph in all)
        {
            if (!glyph.IsBlank)
            {
                values[count++] = value(in glyph);
            }
        }

        values.Sort();
        return values[values.Length / 2];
    }

    private static float Largest(List<Glyph> glyphs)
    {
        float largest = 0;
        foreach (ref readonly Glyph glyph in CollectionsMarshal.AsSpan(glyphs))
        {
            largest = Math.Max(largest, glyph.Size);
        }

        return largest;
    }
}

/// <summary>Glyphs → rows. Writers paint whole lines at a time, so what is sorted are stretches of one baseline, not letters.</summary>
internal static class GlyphRows
{
    // All in em.
    private const float SameBaseline = 0.25f;
    private const float Raised = 0.55f;       // how far a footnote mark stands above its line
    private const float BesideLine = 0.6f;    // between it and the letters next to it
    private const float SmallerThan = 0.85f;  // of the line's size

    /// <summary>Rows from top to bottom, none of them blank.</summary>
    public static List<GlyphRow> Of(List<Glyph> glyphs)
    {
        var rows = new List<GlyphRow>();
        var row = new List<Glyph>();
        float baseline = 0;
        ReadOnlySpan<Glyph> all = CollectionsMarshal.AsSpan(glyphs);
        foreach ((float stretchBaseline, int first, int count) in Stretches(all))
        {
            if (row.Count > 0 && stretchBaseline - baseline > SameBaseline * Math.Max(1, Math.Min(all[first].Size, row[0].Size)))
            {
                Add(rows, row);
                row = [];
            }

            if (row.Count == 0)
            {
                baseline = stretchBaseline;
            }

            row.AddRange(all.Slice(first, count));
        }

        Add(rows, row);
        return MergeRaised(rows);
    }

    /// <summary>Glyphs painted one after the other on one baseline, by baseline.</summary>
    private static List<(float Baseline, int First, int Count)> Stretches(ReadOnlySpan<Glyph> glyphs)
    {
        var stretches = new List<(float Baseline, int First, int Count)>();
        for (int i = 0, first = 0; i < glyphs.Length; i++)
        {
            if (i + 1 == glyphs.Length || glyphs[i + 1].Baseline != glyphs[first].Baseline)
            {
                stretches.Add((glyphs[first].Baseline, first, i + 1 - first));
                first = i + 1;
            }
        }

        stretches.Sort(static (one, other) => one.Baseline != other.Baseline ? one.Baseline.CompareTo(other.Baseline) : one.First - other.First);
        return stretches;
    }

    private static void Add(List<GlyphRow> rows, List<Glyph> row)
    {
        if (!row.TrueForAll(static glyph => glyph.IsBlank))
        {
            SortByLeft(row);
            rows.Add(new GlyphRow(row));
        }
    }

    private static void SortByLeft(List<Glyph> glyphs)
    {
        Span<Glyph> row = CollectionsMarshal.AsSpan(glyphs);
        for (int i = 1; i < row.Length; i++)
        {
            if (row[i].Left < row[i - 1].Left)
            {
                row.Sort(static (one, other) => one.Left.CompareTo(other.Left));
                return;
            }
        }
    }

    /// <summary>Superscripts and subscripts join the line they belong to, so "10⁵" and footnote marks stay in place.</summary>
    private static List<GlyphRow> MergeRaised(List<GlyphRow> rows)
    {
        for (int i = rows.Count - 1; i >= 0; i--)
        {
            foreach (int neighbour in (ReadOnlySpan<int>)[i + 1, i - 1])
            {
                if (neighbour >= 0 && neighbour < rows.Count && BelongsTo(rows[i], rows[neighbour]))
                {
                    List<Glyph> joined = [.. rows[neighbour].Glyphs, .. rows[i].Glyphs];
                    SortByLeft(joined);
                    rows[neighbour] = new GlyphRow(joined);
                    rows.RemoveAt(i);
                    break;
                }
            }
        }

        return rows;
    }

    private static bool BelongsTo(GlyphRow small, GlyphRow big)
    {
        float size = big.LargestSize;
        if (small.LargestSize > SmallerThan * size || Math.Abs(small.Glyphs[0].Baseline - big.Glyphs[0].Baseline) > Raised * size)
        {
            return false;
        }

        // Each mark stands beside a letter of the line; its further letters stand beside its first.
        float reach = BesideLine * size, end = float.NegativeInfinity;
        foreach (Glyph glyph in small.Glyphs)
        {
            if (!glyph.IsBlank)
            {
                if (glyph.Left - end > reach / 2 && !big.Glyphs.Exists(other => !other.IsBlank && glyph.Left - other.Right < reach && other.Left - glyph.Right < reach))
                {
                    return false;
                }

                end = glyph.Right;
            }
        }

        return true;
    }
}
