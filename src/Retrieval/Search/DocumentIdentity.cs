using Microsoft.EntityFrameworkCore;
using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Text;

namespace Rag.Retrieval.Search;

/// <summary>
/// Which files a question means when it names someone: a company's report says "we", and its name only on the cover. A name of the question
/// that stands in a file's name, title or first lines, but not in those of every candidate, draws that file's passages forward.
/// </summary>
internal sealed class DocumentIdentity
{
    private const int CoverLength = 3_000;   // of the first page, in characters; a text file is one page

    private readonly Dictionary<DocumentId, HashSet<string>> named;

    private DocumentIdentity(Dictionary<DocumentId, HashSet<string>> named, int most) => (this.named, MostNames) = (named, most);

    /// <summary>How many of the question's names tell the candidates' files apart.</summary>
    private int MostNames { get; }

    /// <param name="question">As asked: capital letters show its names.</param>
    public static async Task<DocumentIdentity> LoadAsync(
        KnowledgeDbContext db, string question, IReadOnlyList<FoundChunk> candidates, CancellationToken cancel)
    {
        var names = Names.In(question).Concat(Terms.WordsOf(question).Take(1)).SelectMany(Terms.Of).Where(name => !AskingWords.Contains(name)).ToHashSet();
        var documents = candidates.Select(chunk => chunk.Document).DistinctBy(document => document.Id).ToList();
        if (names.Count == 0 || documents.Count < 2)
        {
            return new DocumentIdentity([], 0);
        }

        var ids = documents.ConvertAll(document => document.Id);
        var covers = await db.Pages.Where(page => ids.Contains(page.Document) && page.Number == 1)
            .Select(page => new { page.Document, page.Generation, Text = page.Text.Substring(0, CoverLength) }).ToListAsync(cancel);
        var held = documents.ToDictionary(document => document.Id, document => Terms
            .Of(string.Join('\n', covers.Where(c => c.Document == document.Id && c.Generation == document.Generation).Select(c => c.Text).Prepend(document.FileName).Prepend(document.Title)))
            .Where(names.Contains).ToHashSet());
        var telling = names.Where(name => held.Values.Any(set => set.Contains(name)) && !held.Values.All(set => set.Contains(name))).ToHashSet();
        foreach (var set in held.Values)
        {
            set.IntersectWith(telling);
        }

        return new DocumentIdentity(held, held.Values.Max(set => set.Count));
    }

    /// <summary>Share of the telling names that the document bears; 0 where no name tells the files apart.</summary>
    public double Affinity(DocumentId document) => MostNames > 0 ? named[document].Count / (double)MostNames : 0;

    /// <summary>Telling names that the document bears: its passages need not repeat them.</summary>
    public IReadOnlySet<string> NamesOf(DocumentId document) => named.GetValueOrDefault(document) ?? [];
}
