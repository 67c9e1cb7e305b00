using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Rag.Retrieval.Knowledge;

/// <summary>For <c>dotnet ef migrations add</c> only.</summary>
internal sealed class KnowledgeDbContextFactory : IDesignTimeDbContextFactory<KnowledgeDbContext>
{
    public KnowledgeDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<KnowledgeDbContext>().UseSqlite("Data Source=design-time.db").Options);
}
