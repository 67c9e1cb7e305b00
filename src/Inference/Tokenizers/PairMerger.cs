namespace Rag.Inference.Tokenizers;

/// <summary>
/// Merges one word's pairs, best rank first and leftmost among equals, in n log n: a file may hold a megabyte without a blank.
/// </summary>
internal sealed class PairMerger(Dictionary<(int Left, int Right), (int Rank, int Merged)> merges)
{
    private readonly PriorityQueue<(int At, int Left, int Right), long> best = new();
    private int[] id = new int[64];
    private int[] next = new int[64];       // index of the following symbol; count at the end
    private int[] previous = new int[64];   // -1 at the front
    private int count;

    public void Start(int capacity)
    {
        count = 0;
        if (id.Length < capacity)
        {
            id = new int[capacity];
            next = new int[capacity];
            previous = new int[capacity];
        }
    }

    public void Add(int symbol)
    {
        id[count] = symbol;
        previous[count] = count - 1;
        next[count] = count + 1;
        count++;
    }

    public void Finish(List<int> ids)
    {
        for (var at = 0; at + 1 < count; at++)
        {
            Offer(at, at + 1);
        }

        while (best.TryDequeue(out var pair, out _))
        {
            var right = next[pair.At];
            // One of the two was merged with another since; merged symbols hold -1.
            if (id[pair.At] != pair.Left || right >= count || id[right] != pair.Right)
            {
                continue;
            }

            id[pair.At] = merges[(pair.Left, pair.Right)].Merged;
            id[right] = -1;
            next[pair.At] = next[right];
            if (next[right] < count)
            {
                previous[next[right]] = pair.At;
                Offer(pair.At, next[right]);
            }

            if (previous[pair.At] >= 0)
            {
                Offer(previous[pair.At], pair.At);
            }
        }

        for (var at = 0; at < count; at = next[at])
        {
            ids.Add(id[at]);
        }
    }

    private void Offer(int left, int right)
    {
        if (merges.TryGetValue((id[left], id[right]), out var merge))
        {
            best.Enqueue((left, id[left], id[right]), ((long)merge.Rank << 32) | (uint)left);
        }
    }
}
