using System.Text.Json;

namespace Rag.Retrieval.Indexing.Qdrant;

/// <summary>A test of one payload field.</summary>
internal abstract record QdrantCondition
{
    private QdrantCondition()
    {
    }

    public static QdrantCondition Is(string key, string value) => new Text(key, value);

    public static QdrantCondition Is(string key, long value) => new Number(key, value);

    /// <exception cref="ArgumentException">No value (which would match nothing), or more than the collection allows.</exception>
    public static QdrantCondition IsAny(string key, IReadOnlyCollection<string> values) => values.Count is > 0 and <= QdrantLimits.MaxConditionSize
        ? new Any(key, values)
        : throw new ArgumentException($"{values.Count} values in one condition.", nameof(values));

    public static QdrantCondition All(QdrantFilter filter) => new Nested(filter);

    public abstract void Write(Utf8JsonWriter writer);

    private sealed record Text(string Key, string Value) : QdrantCondition
    {
        public override void Write(Utf8JsonWriter writer) => WriteMatch(writer, Key, match => match.WriteString("value", Value));
    }

    private sealed record Number(string Key, long Value) : QdrantCondition
    {
        public override void Write(Utf8JsonWriter writer) => WriteMatch(writer, Key, match => match.WriteNumber("value", Value));
    }

    private sealed record Any(string Key, IReadOnlyCollection<string> Values) : QdrantCondition
    {
        public override void Write(Utf8JsonWriter writer) => WriteMatch(writer, Key, match =>
        {
            match.WriteStartArray("any");
            foreach (var value in Values)
            {
                match.WriteStringValue(value);
            }

            match.WriteEndArray();
        });
    }

    private sealed record Nested(QdrantFilter Filter) : QdrantCondition
    {
        public override void Write(Utf8JsonWriter writer) => Filter.Write(writer);
    }

    private static void WriteMatch(Utf8JsonWriter writer, string key, Action<Utf8JsonWriter> match)
    {
        writer.WriteStartObject();
        writer.WriteString("key", key);
        writer.WriteStartObject("match");
        match(writer);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}

/// <summary>
/// Which points a call is about. Cannot be empty: to Qdrant an empty filter means every point of every tenant, for deleting too.
/// </summary>
internal sealed class QdrantFilter
{
    private readonly IReadOnlyList<QdrantCondition> must;
    private readonly IReadOnlyList<QdrantCondition> mustNot;

    private QdrantFilter(IReadOnlyList<QdrantCondition> must, IReadOnlyList<QdrantCondition> mustNot) => (this.must, this.mustNot) = (must, mustNot);

    public static QdrantFilter Of(QdrantCondition first, params IReadOnlyList<QdrantCondition> more) => new([first, .. more], []);

    /// <summary>Every point but those that meet one of the conditions: for looking, never for deleting.</summary>
    public static QdrantFilter Except(IReadOnlyList<QdrantCondition> conditions) =>
        conditions.Count > 0 ? new([], conditions) : throw new ArgumentException("A filter cannot be empty.", nameof(conditions));

    public QdrantFilter And(QdrantCondition condition) => new([.. must, condition], mustNot);

    public QdrantFilter Without(IReadOnlyList<QdrantCondition> conditions) => new(must, [.. mustNot, .. conditions]);

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        if (must.Count > 0)
        {
            Write(writer, "must", must);
        }

        if (mustNot.Count > 0)
        {
            Write(writer, "must_not", mustNot);
        }

        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string name, IReadOnlyList<QdrantCondition> conditions)
    {
        writer.WriteStartArray(name);
        foreach (var condition in conditions)
        {
            condition.Write(writer);
        }

        writer.WriteEndArray();
    }
}
