using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Rag.Web.Accounts;
using Rag.Web.Assistants;
using Rag.Web.Chat;
using Rag.Web.Sharing;
using Rag.Web.TestQuestions;

namespace Rag.Web.Data;

/// <summary>The app database: accounts, assistants, share links, conversations. Never seen by the process that parses files.</summary>
public sealed class AppDbContext : IdentityDbContext<IdentityUser>
{
    public AppDbContext(DbContextOptions<AppDbContext> options)
        : base(options) => Database.AutoSavepointsEnabled = false;   // see WholeCommits

    public DbSet<Assistant> Assistants => Set<Assistant>();

    public DbSet<SetupTicket> SetupTickets => Set<SetupTicket>();

    public DbSet<ShareLink> ShareLinks => Set<ShareLink>();

    public DbSet<GuestVisit> GuestVisits => Set<GuestVisit>();

    public DbSet<Conversation> Conversations => Set<Conversation>();

    public DbSet<Turn> Turns => Set<Turn>();

    public DbSet<TestQuestion> TestQuestions => Set<TestQuestion>();

    public DbSet<TestRun> TestRuns => Set<TestRun>();

    public DbSet<TestResult> TestResults => Set<TestResult>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<AssistantId>().HaveConversion<AssistantIdConverter>();
        configurationBuilder.Properties<ConversationId>().HaveConversion<ConversationIdConverter>();
        configurationBuilder.Properties<TurnId>().HaveConversion<TurnIdConverter>();
        configurationBuilder.Properties<DateTime>().HaveConversion<UtcConverter>();
    }

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.Entity<Assistant>(assistant =>
        {
            assistant.HasKey(a => a.Id);
            assistant.HasIndex(a => a.OwnerId);
            assistant.Property(a => a.Name).HasMaxLength(Assistant.MaxNameLength);
            assistant.HasOne<IdentityUser>().WithMany().HasForeignKey(a => a.OwnerId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<ShareLink>(link =>
        {
            link.HasIndex(l => l.TokenHash).IsUnique();
            link.HasOne<Assistant>().WithMany().HasForeignKey(l => l.AssistantId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<GuestVisit>(visit =>
        {
            visit.HasKey(v => new { v.GuestId, v.LinkId });
            visit.HasOne(v => v.Link).WithMany().HasForeignKey(v => v.LinkId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<Conversation>(conversation =>
        {
            conversation.HasKey(c => c.Id);
            conversation.HasIndex(c => new { c.AssistantId, c.OwnerId });
            conversation.HasIndex(c => new { c.AssistantId, c.GuestId });
            conversation.HasOne(c => c.Assistant).WithMany().HasForeignKey(c => c.AssistantId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<TestQuestion>(question =>
        {
            question.HasIndex(q => new { q.AssistantId, q.CreatedAt });
            question.Property(q => q.Id).ValueGeneratedNever();
            question.Property(q => q.Question).HasMaxLength(TestQuestion.MaxQuestionLength);
            question.HasOne<Assistant>().WithMany().HasForeignKey(q => q.AssistantId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<TestRun>(run =>
        {
            run.HasIndex(r => new { r.AssistantId, r.EndedAt });
            run.Property(r => r.Id).ValueGeneratedNever();
            run.HasOne<Assistant>().WithMany().HasForeignKey(r => r.AssistantId).OnDelete(DeleteBehavior.Cascade);
            run.HasMany(r => r.Results).WithOne().HasForeignKey(r => r.RunId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<TestResult>().HasIndex(r => r.QuestionId);
        builder.Entity<Turn>(turn =>
        {
            turn.HasKey(t => t.Id);
            turn.HasIndex(t => new { t.ConversationId, t.Ordinal }).IsUnique();
            turn.HasOne(t => t.Conversation).WithMany(c => c.Turns).HasForeignKey(t => t.ConversationId).OnDelete(DeleteBehavior.Cascade);
        });
    }
}
