using System.Globalization;

namespace Rag.Inference.Import;

/// <summary>Whether a disk has room for a model, asked before a byte of it is written.</summary>
internal static class ImportSpace
{
    /// <summary>Bytes that stay free for everything else on that disk: databases, and files that come meanwhile.</summary>
    public const long Reserve = 500_000_000;

    private const int Page = 4_096;            // where each piece of external data begins
    private const int LayerNodes = 16 << 10;   // bytes of one layer's nodes in the graph, generously

    /// <summary>Bytes free on the disk of a folder; null where that cannot be told.</summary>
    public static long? Free(string folder)
    {
        try
        {
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;   // a share of a network under Windows has no drive
        }
    }

    /// <summary>Bytes of the folder that will be written; up to a few pages per layer too many, never too few.</summary>
    public static long Needed(ImportPlan plan, int bits)
    {
        var shape = plan.Shape;
        var total = plan.Tokenizer.Length + (4L * plan.Vocabulary.Template.Length) + ((shape.Layers.Count + 4L) * LayerNodes);
        foreach (var table in new[] { shape.Embedding, shape.Head }.OfType<GgufTensor>())
        {
            total += Matrix(table, DecoderGraph.TableBits, DecoderGraph.TableBlock);
        }

        foreach (var layer in shape.Layers)
        {
            foreach (var linear in new[] { layer.Query, layer.Key, layer.Value, layer.Output, layer.Gate, layer.Up, layer.Down })
            {
                total += Matrix(linear.Weight, bits, DecoderGraph.BlockOf(bits)) + (linear.Weight.Rows * sizeof(float));   // as if each had a bias
            }

            total += sizeof(float) * ((2L * shape.Hidden) + (2L * shape.HeadSize));
        }

        return total + (sizeof(float) * shape.Hidden) + ((long)shape.Context * shape.HeadSize * sizeof(float)) + (2 * Page);   // a norm, cosines and sines
    }

    /// <exception cref="InferenceException">Unavailable: there is too little, in a sentence.</exception>
    public static void Check(long needed, long? free, string folder)
    {
        if (free is { } bytes && bytes - Reserve < needed)
        {
            throw new InferenceException(
                InferenceFailure.Unavailable,
                $"The model will take {Words(needed)}, and the disk of {folder} has {Words(bytes)} free, of which {Words(Reserve)} are kept for everything else. Free some space there, then import again.");
        }
    }

    private static long Matrix(GgufTensor tensor, int bits, int block)
    {
        var row = new BlockQuantizer(bits, block, tensor.Columns);
        return (tensor.Rows * (row.CodeBytes + (row.Blocks * (long)sizeof(float)) + row.ZeroBytes)) + (3 * Page);
    }

    private static string Words(long bytes) =>
        bytes >= 1_000_000_000 ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.0} GB") : string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(bytes / 1e6):0} MB");
}
