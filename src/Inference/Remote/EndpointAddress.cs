using System.ComponentModel.DataAnnotations;

namespace Rag.Inference.Remote;

/// <summary>Where a server answers, and whose model it is.</summary>
/// <param name="Kind">"chat model" or "embedding model", for messages.</param>
/// <param name="Address">Ends in a slash.</param>
internal sealed record EndpointAddress(string Kind, Uri Address, string Model, string? ApiKey)
{
    /// <summary>The address as messages show it.</summary>
    public string Shown => Address.AbsoluteUri.TrimEnd('/');

    public static EndpointAddress From(string kind, string endpoint, string model, string? apiKey)
    {
        var address = new Uri(endpoint.Trim());
        var path = address.AbsolutePath.TrimEnd('/');
        return new(kind, new Uri(address, path.Length == 0 ? "/v1/" : path + "/"), model.Trim(), string.IsNullOrWhiteSpace(apiKey) ? null : apiKey.Trim());
    }

    public static IEnumerable<ValidationResult> Problems(string section, string? endpoint, string? model)
    {
        if (string.IsNullOrWhiteSpace(endpoint))
        {
            yield break;
        }

        if (!Uri.TryCreate(endpoint.Trim(), UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https")
            || address.UserInfo.Length > 0 || address.Query.Length > 0 || address.Fragment.Length > 0)
        {
            // The value itself is left out: somebody may have written a password into it.
            yield return new($"{section}:Endpoint must be an address such as http://127.0.0.1:11434/v1, without name, password or question mark.");
        }

        if (string.IsNullOrWhiteSpace(model))
        {
            yield return new($"{section}:Model must name the model that {section}:Endpoint is to use.");
        }
    }
}
