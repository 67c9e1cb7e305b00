using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Rag.Inference.Embeddings;

/// <summary>
/// Vectors of texts seen lately, found by a hash; no text is kept. The key holds the scope: whether another one has embedded a text cannot be learned from the time it takes.
/// Entries go when they are old, however often they are used: nothing of a deleted file stays longer than <see cref="Lifetime"/>, and nobody has to say that it was deleted.
/// </summary>
internal sealed class EmbeddingCache : IDisposable
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);

    private const int EntryBytes = 200;   // objects and table around one vector, about
    private static readonly TimeSpan Swept = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly Dictionary<UInt128, LinkedListNode<Entry>> entries = [];
    private readonly LinkedList<Entry> recent = new();   // last used first
    private readonly long most;
    private readonly TimeProvider clock;
    private readonly ITimer sweep;
    private bool sweeping;
    private long bytes;

    /// <param name="most">Bytes; 0: nothing is kept.</param>
    public EmbeddingCache(long most, TimeProvider clock)
    {
        (this.most, this.clock) = (most, clock);
        sweep = clock.CreateTimer(_ => Sweep(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public bool IsOff => most == 0;

    public int Count
    {
        get
        {
            lock (gate)
            {
                return entries.Count;
            }
        }
    }

    /// <summary>128 bits of SHA-256 over scope, model, role and text.</summary>
    public static UInt128 Key(string scope, string model, bool isQuery, string text)
    {
        // As characters, not as UTF-8, which has one form for all broken ones; lengths, so that no two requests write the same.
        var parts = new StringBuilder().Append(scope.Length).Append(':').Append(scope).Append(model.Length).Append(':').Append(model).Append(isQuery ? 'q' : 'p').Append(text).ToString();
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(parts.AsSpan()), hash);
        return MemoryMarshal.Read<UInt128>(hash);
    }

    public ReadOnlyMemory<float>? Find(UInt128 key)
    {
        lock (gate)
        {
            if (!entries.TryGetValue(key, out var node))
            {
                return null;
            }

            if (IsOld(node.Value))
            {
                Remove(node);
                return null;
            }

            recent.Remove(node);
            recent.AddFirst(node);
            return node.Value.Vector;
        }
    }

    public void Keep(UInt128 key, ReadOnlyMemory<float> vector)
    {
        lock (gate)
        {
            if (Size(vector) > most || entries.ContainsKey(key))
            {
                return;
            }

            entries[key] = recent.AddFirst(new Entry(key, vector, clock.GetTimestamp()));
            bytes += Size(vector);
            while (bytes > most)
            {
                Remove(recent.Last!);
            }

            if (!sweeping)
            {
                sweeping = true;
                sweep.Change(Swept, Timeout.InfiniteTimeSpan);
            }
        }
    }

    public void Dispose() => sweep.Dispose();

    private static long Size(ReadOnlyMemory<float> vector) => ((long)vector.Length * sizeof(float)) + EntryBytes;

    private bool IsOld(Entry entry) => clock.GetElapsedTime(entry.Written) >= Lifetime;

    private void Sweep()
    {
        lock (gate)
        {
            for (var node = recent.First; node is not null;)
            {
                var next = node.Next;
                if (IsOld(node.Value))
                {
                    Remove(node);
                }

                node = next;
            }

            sweeping = entries.Count > 0;
            if (sweeping)
            {
                sweep.Change(Swept, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        entries.Remove(node.Value.Key);
        recent.Remove(node);
        bytes -= Size(node.Value.Vector);
    }

    private readonly record struct Entry(UInt128 Key, ReadOnlyMemory<float> Vector, long Written);
}
