using System.Globalization;

namespace Rag.Inference.Runtime;

/// <summary>A weight of a graph whose numbers lie in another file. Field numbers are those of onnx.proto.</summary>
/// <param name="Type">TensorProto.DataType; the numbers are those of ONNX Runtime's element types.</param>
/// <param name="Offset">Bytes from the file's beginning.</param>
internal sealed record ExternalTensor(string Name, int Type, long[] Shape, string File, long Offset, long Bytes)
{
    private const int ModelGraph = 7, GraphInitializer = 5;
    private const int Dimensions = 1, DataType = 2, TensorName = 8, ExternalData = 13;
    private const int EntryKey = 1, EntryValue = 2;

    /// <exception cref="InvalidDataException">The file is no ONNX graph.</exception>
    public static IEnumerable<ExternalTensor> ReadAll(ReadOnlyMemory<byte> model) =>
        from graph in ProtoFields.Read(model)
        where graph.Number == ModelGraph
        from tensor in ProtoFields.Read(graph.Content)
        where tensor.Number == GraphInitializer
        let read = Read(ProtoFields.Read(tensor.Content))
        where read is not null
        select read;

    // Null: its numbers are in the graph itself.
    private static ExternalTensor? Read(List<ProtoFields.Field> fields)
    {
        var data = fields.Where(field => field.Number == ExternalData).Select(field => ProtoFields.Read(field.Content)).ToDictionary(
            entry => entry.First(part => part.Number == EntryKey).Text, entry => entry.First(part => part.Number == EntryValue).Text);
        if (!data.TryGetValue("location", out var file))
        {
            return null;
        }

        var shape = fields.Where(field => field.Number == Dimensions).SelectMany(field => field.Numbers()).ToArray();
        var type = (int)fields.First(field => field.Number == DataType).Numbers().First();
        return new(fields.First(field => field.Number == TensorName).Text, type, shape, file, Number("offset") ?? 0, Number("length") ?? throw new InvalidDataException("A weight has no length."));

        long? Number(string key) => data.TryGetValue(key, out var text) ? long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : null;
    }
}
