namespace Rag.Web.Access;

/// <summary>Id of an account.</summary>
public readonly record struct UserId(string Value);

/// <summary>A browser that came by a share link; random, kept in a cookie.</summary>
public readonly record struct GuestId(Guid Value);

/// <summary>Who asks. A signed-in user who followed a share link is both; nobody is neither.</summary>
public sealed record Caller(UserId? User, GuestId? Guest)
{
    public static Caller Anonymous { get; } = new(null, null);

    public bool IsAnonymous => User is null && Guest is null;
}
