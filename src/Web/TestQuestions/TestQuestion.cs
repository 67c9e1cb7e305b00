using Rag.Web.Assistants;

namespace Rag.Web.TestQuestions;

/// <summary>A question of the owner's with the page that answers it.</summary>
public sealed class TestQuestion
{
    public const int MaxQuestionLength = 500;

    public Guid Id { get; init; }

    public AssistantId AssistantId { get; init; }

    public required string Question { get; init; }

    /// <summary>The file in the knowledge database; there is no foreign key across databases.</summary>
    public Guid Document { get; init; }

    /// <summary>Its name when the question was saved: a file that replaces it under the same name is meant too.</summary>
    public required string FileName { get; init; }

    /// <summary>Physical page, from 1; null: any page of the file.</summary>
    public int? Page { get; init; }

    public DateTime CreatedAt { get; init; }
}

/// <summary>All test questions of an assistant, asked once. What they were asked of is kept, to see what changed between two runs.</summary>
public sealed class TestRun
{
    public Guid Id { get; init; }

    public AssistantId AssistantId { get; init; }

    public DateTime EndedAt { get; init; }

    /// <summary>Hash of the searchable files and their generations.</summary>
    public required string Files { get; init; }

    /// <summary>Hash of the instructions.</summary>
    public required string Instructions { get; init; }

    /// <summary>Chat model and prompt version.</summary>
    public required string Model { get; init; }

    public required string Embedder { get; init; }

    public List<TestResult> Results { get; init; } = [];
}

/// <summary>What became of one question in one run.</summary>
public sealed class TestResult
{
    public long Id { get; init; }

    public Guid RunId { get; init; }

    public Guid QuestionId { get; init; }

    /// <summary>Place of the expected page among the evidence, from 1; null: not there.</summary>
    public int? Rank { get; init; }

    /// <summary>Place of the expected page among the passages, from 1; null: not there.</summary>
    public int? PassageRank { get; init; }

    /// <summary>A quote of the answer, or a sentence of a composing model, points to the page.</summary>
    public bool Cited { get; init; }

    /// <summary>"These files do not answer that."</summary>
    public bool Refused { get; init; }

    /// <summary>The search failed.</summary>
    public bool Failed { get; init; }
}
