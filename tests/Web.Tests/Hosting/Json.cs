using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rag.Web.Tests.Hosting;

internal static class Json
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };
}
