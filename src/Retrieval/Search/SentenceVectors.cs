using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Rag.Retrieval.Indexing;
using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Search;

/// <summary>
/// Embeds sentences and remembers the vectors. The key holds the scope: whether another knowledge base has seen a text cannot be
/// learned from the time an answer takes.
/// </summary>
internal sealed class SentenceVectors(Embedder embedder, IOptions<RetrievalOptions> options)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, LinkedListNode<(string Key, ReadOnlyMemory<float> Vector)>> entries = [];
    private readonly LinkedList<(string Key, ReadOnlyMemory<float> Vector)> recent = new();   // last used first

    public async Task<IReadOnlyList<ReadOnlyMemory<float>>> GetAsync(KnowledgeScope scope, IReadOnlyList<string> texts, CancellationToken cancel)
    {
        var keys = texts.Select(text => Key(scope, text)).ToList();
        var vectors = keys.ConvertAll(Find);
        var missing = Enumerable.Range(0, texts.Count).Where(i => vectors[i] is null).ToList();
        if (missing.Count > 0)
        {
            var embedded = await embedder.SentencesAsync(missing.ConvertAll(i => texts[i]), cancel);
            for (var i = 0; i < missing.Count; i++)
            {
                vectors[missing[i]] = embedded[i];
                Keep(keys[missing[i]], embedded[i]);
            }
        }

        return vectors.ConvertAll(vector => vector!.Value);
    }

    private static string Key(KnowledgeScope scope, string text)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{scope.KnowledgeBase}\n{text}"));
        return Convert.ToHexString(hash, 0, 16);
    }

    private ReadOnlyMemory<float>? Find(string key)
    {
        lock (gate)
        {
            if (!entries.TryGetValue(key, out var node))
            {
                return null;
            }

            recent.Remove(node);
            recent.AddFirst(node);
            return node.Value.Vector;
        }
    }

    private void Keep(string key, ReadOnlyMemory<float> vector)
    {
        lock (gate)
        {
            if (options.Value.SentenceCacheEntries == 0 || entries.ContainsKey(key))
            {
                return;
            }

            if (entries.Count >= options.Value.SentenceCacheEntries)
            {
                entries.Remove(recent.Last!.Value.Key);
                recent.RemoveLast();
            }

            entries[key] = recent.AddFirst((key, vector));
        }
    }
}
