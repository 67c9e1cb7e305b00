using Rag.Web.Assistants;

namespace Rag.Web.Sharing;

/// <summary>A link that lets guests chat with one assistant. The token itself is shown once and never stored.</summary>
public sealed class ShareLink
{
    public Guid Id { get; init; }

    public AssistantId AssistantId { get; init; }

    /// <summary>SHA-256 of the 256-bit token, prefixed with its purpose before hashing.</summary>
    public required byte[] TokenHash { get; init; }

    public DateTime CreatedAt { get; init; }

    /// <summary>UTC; null = no end.</summary>
    public DateTime? ExpiresAt { get; set; }

    /// <summary>Hash by the password hasher; null = none asked.</summary>
    public string? PassphraseHash { get; set; }

    /// <summary>Messages that all guests of this link may send together; null = no cap.</summary>
    public int? MessageCap { get; set; }

    public int MessagesUsed { get; set; }

    /// <summary>Whether guests may open the pages that their answers cite.</summary>
    public bool SourcesAllowed { get; set; } = true;

    public DateTime? RevokedAt { get; set; }
}

/// <summary>A guest that a link let in (right token, right passphrase). Valid only while the link is.</summary>
public sealed class GuestVisit
{
    public Guid GuestId { get; init; }

    public Guid LinkId { get; init; }

    public ShareLink? Link { get; init; }

    public DateTime AdmittedAt { get; init; }
}
