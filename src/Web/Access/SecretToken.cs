using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Rag.Web.Access;

/// <summary>What a secret is for; part of its hash, so a token of one purpose is worthless for another.</summary>
internal enum TokenPurpose
{
    SetUp,
    Share,
}

/// <summary>256 random bits for a link. The token is shown once; only its hash is stored.</summary>
internal static class SecretToken
{
    private const int Bytes = 32;

    /// <summary>43 characters of base64url.</summary>
    public static string Create() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>SHA-256 of purpose and token (32 bytes); null when the text cannot be a token. No salt: the token is not guessable.</summary>
    public static byte[]? Hash(TokenPurpose purpose, string? token) =>
        token is { Length: 43 } && Base64Url.IsValid(token)
            ? SHA256.HashData(Encoding.UTF8.GetBytes($"docent/{purpose}/{token}"))
            : null;
}
