namespace Rag.Inference.Tokenizers;

/// <summary>Pieces by their letters: all that a text begins with are found in one walk.</summary>
internal sealed class PieceTrie
{
    private readonly Dictionary<long, int> edges = [];   // node and letter to node
    private readonly List<int> pieces = [-1];            // by node; -1: no piece ends there

    public void Add(string piece, int id)
    {
        var node = 0;
        foreach (var letter in piece)
        {
            var edge = Edge(node, letter);
            if (!edges.TryGetValue(edge, out node))
            {
                node = pieces.Count;
                edges.Add(edge, node);
                pieces.Add(-1);
            }
        }

        pieces[node] = id;
    }

    /// <summary>The node behind the letter, from 0 at the root; -1: nothing goes on so.</summary>
    public int Next(int node, char letter) => edges.GetValueOrDefault(Edge(node, letter), -1);

    /// <summary>The piece that ends at the node, or -1.</summary>
    public int Piece(int node) => pieces[node];

    private static long Edge(int node, char letter) => ((long)node << 16) | letter;
}
