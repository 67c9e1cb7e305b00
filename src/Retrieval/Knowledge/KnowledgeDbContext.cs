using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Rag.Retrieval.Indexing;
using Rag.Retrieval.Indexing.Qdrant;
using Rag.Retrieval.Jobs;

namespace Rag.Retrieval.Knowledge;

/// <summary>The knowledge database. Every index is built from it and can be built again.</summary>
internal sealed class KnowledgeDbContext : DbContext
{
    public KnowledgeDbContext(DbContextOptions<KnowledgeDbContext> options)
        : base(options) => Database.AutoSavepointsEnabled = false;   // see WholeCommits

    public DbSet<KnowledgeBase> KnowledgeBases => Set<KnowledgeBase>();
    public DbSet<Document> Documents => Set<Document>();
    public DbSet<Chunk> Chunks => Set<Chunk>();
    public DbSet<Page> Pages => Set<Page>();
    public DbSet<DocumentVersion> DocumentVersions => Set<DocumentVersion>();
    public DbSet<DocumentLogEntry> DocumentLog => Set<DocumentLogEntry>();
    public DbSet<IngestionJob> Jobs => Set<IngestionJob>();
    public DbSet<OutboxEntry> Outbox => Set<OutboxEntry>();
    public DbSet<Setting> Settings => Set<Setting>();
    public DbSet<TermStatistic> TermStatistics => Set<TermStatistic>();
    public DbSet<DocumentTerms> DocumentTerms => Set<DocumentTerms>();
    public DbSet<NextVector> NextVectors => Set<NextVector>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<KnowledgeBaseId>().HaveConversion<KnowledgeBaseIdConverter>();
        configurationBuilder.Properties<DocumentId>().HaveConversion<DocumentIdConverter>();
        configurationBuilder.Properties<DateTime>().HaveConversion<UtcConverter>();
        configurationBuilder.Properties<DocumentState>().HaveConversion<string>().HaveMaxLength(20);
        configurationBuilder.Properties<RefusalReason>().HaveConversion<string>().HaveMaxLength(20);
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<KnowledgeBase>(kb =>
        {
            kb.HasKey(k => k.Number);
            kb.Property(k => k.Number).ValueGeneratedOnAdd();
            kb.HasIndex(k => k.Id).IsUnique();
        });
        modelBuilder.Entity<Document>(document =>
        {
            document.HasKey(d => d.Id);
            document.Property(d => d.Id).ValueGeneratedNever();
            document.HasIndex(d => new { d.KnowledgeBase, d.CreatedAt });
            document.HasIndex(d => d.ContentHash);
            document.HasIndex(d => d.NextHash);
            document.Property(d => d.NextHash).HasMaxLength(64);
            document.Property(d => d.NextName).HasMaxLength(255);
            document.Property(d => d.FileName).HasMaxLength(255);
            document.Property(d => d.ContentHash).HasMaxLength(64);
        });
        modelBuilder.Entity<Chunk>(chunk =>
        {
            chunk.HasKey(c => c.Row);
            chunk.Property(c => c.Row).ValueGeneratedOnAdd();
            chunk.HasIndex(c => new { c.Document, c.Generation, c.Ordinal }).IsUnique();
        });
        modelBuilder.Entity<Page>().HasKey(p => new { p.Document, p.Generation, p.Number });
        modelBuilder.Entity<DocumentVersion>(version =>
        {
            version.HasKey(v => new { v.Document, v.Generation });
            version.HasIndex(v => v.ContentHash);
            version.Property(v => v.ContentHash).HasMaxLength(64);
            version.Property(v => v.FileName).HasMaxLength(255);
        });
        modelBuilder.Entity<DocumentLogEntry>(entry =>
        {
            entry.ToTable("DocumentLog");
            entry.HasIndex(e => new { e.Document, e.Id });
            entry.Property(e => e.Text).HasMaxLength(500);
        });
        modelBuilder.Entity<IngestionJob>(job =>
        {
            job.ToTable("Jobs");
            job.HasKey(j => j.Id);
            job.Property(j => j.Id).ValueGeneratedNever();
            job.HasIndex(j => j.Document).IsUnique();
            job.HasIndex(j => new { j.LeaseEnd, j.DueAt });
        });
        modelBuilder.Entity<OutboxEntry>().ToTable("Outbox");
        modelBuilder.Entity<Setting>().HasKey(s => s.Key);
        modelBuilder.Entity<TermStatistic>().HasKey(t => new { t.KnowledgeBase, t.Term });
        modelBuilder.Entity<DocumentTerms>().HasKey(t => new { t.Document, t.Generation });
        modelBuilder.Entity<NextVector>(vector =>
        {
            vector.HasKey(v => v.Row);
            vector.Property(v => v.Row).ValueGeneratedNever();
        });
    }

    private sealed class KnowledgeBaseIdConverter() : ValueConverter<KnowledgeBaseId, Guid>(id => id.Value, value => new KnowledgeBaseId(value));

    private sealed class DocumentIdConverter() : ValueConverter<DocumentId, Guid>(id => id.Value, value => new DocumentId(value));

    // SQLite keeps no kind; everything stored is UTC.
    private sealed class UtcConverter() : ValueConverter<DateTime, DateTime>(time => time, time => DateTime.SpecifyKind(time, DateTimeKind.Utc));
}
