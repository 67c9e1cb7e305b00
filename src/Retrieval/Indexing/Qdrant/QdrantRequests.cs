using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rag.Retrieval.Indexing.Qdrant;

/// <param name="Indices">Distinct hashes of terms.</param>
/// <param name="Values">One weight each.</param>
internal sealed record SparseVector(IReadOnlyList<uint> Indices, IReadOnlyList<float> Values)
{
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("indices");
        foreach (var index in Indices)
        {
            writer.WriteNumberValue(index);
        }

        writer.WriteEndArray();
        writer.WritePropertyName("values");
        QdrantJson.WriteNumbers(writer, Values);
        writer.WriteEndObject();
    }
}

/// <summary>A passage as Qdrant stores it.</summary>
/// <param name="Sparse">Null: found by vector only.</param>
internal sealed record QdrantPoint(PointId Id, ReadOnlyMemory<float> Dense, SparseVector? Sparse, JsonObject Payload)
{
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("id");
        Id.Write(writer);
        writer.WriteStartObject("vector");
        writer.WritePropertyName("dense");
        QdrantJson.WriteNumbers(writer, Dense.Span);
        if (Sparse is not null)
        {
            writer.WritePropertyName("sparse");
            Sparse.Write(writer);
        }

        writer.WriteEndObject();
        writer.WritePropertyName("payload");
        Payload.WriteTo(writer);
        writer.WriteEndObject();
    }
}

/// <summary>How a dense list is found: breadth of the graph search, and whether int8 scores are computed anew from the whole vectors.</summary>
internal sealed record QdrantSearchParams(int? HnswEf = null, bool? Rescore = null, double? Oversampling = null);

/// <summary>One list: by a dense or by a sparse vector. There is none without a filter.</summary>
internal sealed record QdrantSearch(
    ReadOnlyMemory<float> Dense, SparseVector? Sparse, QdrantFilter Filter, int Limit, IReadOnlyList<string> Payload,
    QdrantSearchParams? Params = null, double? ScoreThreshold = null, int? Offset = null)
{
    public static QdrantSearch ByVector(ReadOnlyMemory<float> vector, QdrantFilter filter, int limit, QdrantSearchParams? parameters, params IReadOnlyList<string> payload) =>
        new(vector, null, filter, limit, payload, parameters);

    public static QdrantSearch ByTerms(SparseVector terms, QdrantFilter filter, int limit, params IReadOnlyList<string> payload) =>
        new(default, terms, filter, limit, payload);

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("query");
        if (Sparse is not null)
        {
            Sparse.Write(writer);
        }
        else
        {
            QdrantJson.WriteNumbers(writer, Dense.Span);
        }

        writer.WriteString("using", Sparse is null ? "dense" : "sparse");
        writer.WriteNumber("limit", Limit);
        if (Offset is { } offset)
        {
            writer.WriteNumber("offset", offset);
        }

        if (ScoreThreshold is { } threshold)
        {
            writer.WriteNumber("score_threshold", threshold);
        }

        writer.WritePropertyName("filter");
        Filter.Write(writer);
        if (Params is not null)
        {
            WriteParams(writer, Params);
        }

        if (Payload.Count > 0)
        {
            QdrantJson.WriteTexts(writer, "with_payload", Payload);
        }

        writer.WriteEndObject();
    }

    private static void WriteParams(Utf8JsonWriter writer, QdrantSearchParams parameters)
    {
        writer.WriteStartObject("params");
        if (parameters.HnswEf is { } ef)
        {
            writer.WriteNumber("hnsw_ef", ef);
        }

        if (parameters.Rescore is { } rescore)
        {
            writer.WriteStartObject("quantization");
            writer.WriteBoolean("rescore", rescore);
            if (parameters.Oversampling is { } oversampling)
            {
                writer.WriteNumber("oversampling", oversampling);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }
}

/// <summary>Parts of bodies that several calls share.</summary>
internal static class QdrantJson
{
    public static void WriteNumbers(Utf8JsonWriter writer, ReadOnlySpan<float> values)
    {
        writer.WriteStartArray();
        foreach (var value in values)
        {
            WriteNumber(writer, value);
        }

        writer.WriteEndArray();
    }

    public static void WriteNumbers(Utf8JsonWriter writer, IReadOnlyList<float> values)
    {
        writer.WriteStartArray();
        foreach (var value in values)
        {
            WriteNumber(writer, value);
        }

        writer.WriteEndArray();
    }

    public static void WriteTexts(Utf8JsonWriter writer, string name, IEnumerable<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }

    // What is not finite would come back as a list in which every score is null.
    private static void WriteNumber(Utf8JsonWriter writer, float value) =>
        writer.WriteNumberValue(float.IsFinite(value) ? value : throw new ArgumentException("A vector holds a number that is not finite."));
}
