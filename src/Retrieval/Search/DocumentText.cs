using Microsoft.EntityFrameworkCore;
using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Search;

/// <summary>Some pages of one document, in order: what ranges of its text say and where they stand.</summary>
internal sealed class DocumentText(IReadOnlyList<PageText> pages)
{
    public static readonly DocumentText None = new([]);

    public IReadOnlyList<PageText> All { get; } = pages;

    /// <summary>The text of a range, as far as the pages at hand hold it.</summary>
    public string Slice(int start, int end) => string.Concat(All.Select(page =>
    {
        var from = Math.Clamp(start - page.Start, 0, page.Text.Length);
        var to = Math.Clamp(end - page.Start, 0, page.Text.Length);
        return page.Text[from..Math.Max(from, to)];
    }));

    public bool Holds(int start, int end) => All.Sum(page => Math.Max(0, Math.Min(end, page.Start + page.Text.Length) - Math.Max(start, page.Start))) == end - start;

    public PageText? PageAt(int offset) => All.LastOrDefault(page => page.Start <= offset && offset < page.Start + page.Text.Length);

    public PageRange? Pages(int start, int end) =>
        PageAt(start) is { } first && PageAt(Math.Max(start, end - 1)) is { } last ? new PageRange(first.Number, last.Number) : null;

    /// <summary>Reads pages of documents that are still there, in the generation asked for.</summary>
    public static async Task<Dictionary<(DocumentId Document, int Generation), DocumentText>> LoadAsync(
        KnowledgeDbContext db, KnowledgeScope scope, IEnumerable<(DocumentId Document, int Generation, PageRange Pages)> wanted, CancellationToken cancel)
    {
        var texts = new Dictionary<(DocumentId, int), DocumentText>();
        foreach (var group in wanted.GroupBy(want => (want.Document, want.Generation)))
        {
            var numbers = group.SelectMany(want => Enumerable.Range(want.Pages.From, want.Pages.To - want.Pages.From + 1)).Distinct().ToList();
            var pages = await db.Documents.Where(d => d.Id == group.Key.Document && d.KnowledgeBase == scope.KnowledgeBase)
                .SelectMany(d => db.Pages.Where(p => p.Document == d.Id && p.Generation == group.Key.Generation && numbers.Contains(p.Number)))
                .OrderBy(p => p.Number).AsNoTracking().ToListAsync(cancel);
            texts[group.Key] = new DocumentText(pages.ConvertAll(page => page.ToPageText()));
        }

        return texts;
    }
}
