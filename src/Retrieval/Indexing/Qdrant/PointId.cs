using System.Globalization;
using System.Text.Json;

namespace Rag.Retrieval.Indexing.Qdrant;

/// <summary>A point's id: a UUID (ours always are) or an unsigned 64-bit number, which no double could hold.</summary>
internal readonly record struct PointId
{
    private readonly Guid uuid;
    private readonly ulong number;
    private readonly bool isNumber;

    public PointId(Guid uuid) => this.uuid = uuid;

    public PointId(ulong number) => (this.number, isNumber) = (number, true);

    /// <summary>Null for a number.</summary>
    public Guid? Uuid => isNumber ? null : uuid;

    public static PointId Read(JsonElement json) => json.ValueKind == JsonValueKind.Number
        ? new PointId(json.GetUInt64())
        : new PointId(Guid.Parse(json.GetString()!));

    public void Write(Utf8JsonWriter writer)
    {
        if (isNumber)
        {
            writer.WriteNumberValue(number);
        }
        else
        {
            writer.WriteStringValue(uuid);
        }
    }

    public override string ToString() => isNumber ? number.ToString(CultureInfo.InvariantCulture) : uuid.ToString();
}
