using System.Numerics.Tensors;

namespace Rag.Inference.Import;

/// <summary>Rows of a tensor as numbers, one at a time: memory for one row, however large the file.</summary>
internal sealed class GgufRows(GgufFile file, GgufTensor tensor)
{
    private readonly byte[] bytes = new byte[tensor.RowBytes];

    public static float[] Vector(GgufFile file, GgufTensor tensor)
    {
        var numbers = new float[tensor.Columns];
        new GgufRows(file, tensor).Read(0, numbers);
        return numbers;
    }

    /// <exception cref="FormatException">A number is not finite, which no trained weight is.</exception>
    public void Read(long row, Span<float> numbers)
    {
        file.Read(tensor, row, bytes);
        tensor.Type.Decode(bytes, numbers);
        if (!float.IsFinite(TensorPrimitives.MaxMagnitude<float>(numbers)))
        {
            throw new FormatException($"its tensor {tensor.Name} holds a number that is not finite; it is damaged, so copy it again");
        }
    }
}
