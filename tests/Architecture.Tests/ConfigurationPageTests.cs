using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Rag.Architecture.Tests;

/// <summary>docs/configuration.md is made from the options classes; a stale copy fails. DOCENT_ACCEPT_CONFIGURATION=1 writes it anew.</summary>
public sealed partial class ConfigurationPageTests
{
    [Fact]
    public void ConfigurationPage_IsWhatTheOptionsSay()
    {
        var page = Page();
        var file = Path.Combine(Repository.Root, "docs", "configuration.md");
        if (Environment.GetEnvironmentVariable("DOCENT_ACCEPT_CONFIGURATION") == "1")
        {
            File.WriteAllText(file, page);
        }

        Assert.Equal(File.ReadAllText(file), page);
    }

    private static string Page()
    {
        var text = new StringBuilder()
            .Append("# Configuration\n\n")
            .Append("Made from the options classes by `tests/Architecture.Tests`. Set a value in `appsettings.json`, as an environment variable\n")
            .Append("(`Section__Name`) or on the command line (`--Section:Name value`). All are checked at start.\n");
        foreach (var name in new[] { "Web", "Retrieval", "Ingestion", "Inference" })
        {
            var assembly = Assembly.Load($"Rag.{name}");
            var docs = XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml")).Descendants("member")
                .ToDictionary(member => member.Attribute("name")!.Value, member => Plain(member.Element("summary")));
            foreach (var options in assembly.GetTypes().Where(type => type.IsClass && type.Name.EndsWith("Options", StringComparison.Ordinal) && Section(type) is not null)
                .OrderBy(Section, StringComparer.Ordinal))
            {
                Append(text, options, docs);
            }
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, Type options, Dictionary<string, string> docs)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n## `{Section(options)}`\n\n{docs.GetValueOrDefault($"T:{options.FullName}", "")}\n\n");
        text.Append("| name | default | bounds | what it does |\n|---|---|---|---|\n");
        var defaults = Activator.CreateInstance(options, nonPublic: true);
        foreach (var property in options.GetProperties().Where(property => property.CanWrite))
        {
            var range = property.GetCustomAttribute<RangeAttribute>();
            var bounds = range is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{range.Minimum} – {range.Maximum}");
            text.Append(CultureInfo.InvariantCulture,
                $"| `{property.Name}` | {Shown(property.GetValue(defaults))} | {bounds} | {docs.GetValueOrDefault($"P:{options.FullName}.{property.Name}", "")} |\n");
        }
    }

    private static string? Section(Type type) => type.GetField("Section", BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static)?.GetRawConstantValue() as string;

    private static string Shown(object? value) => value is null or "" ? "–" : $"`{Convert.ToString(value, CultureInfo.InvariantCulture)}`";

    private static string Plain(XElement? summary) => summary is null ? "" : Blanks().Replace(
        string.Concat(summary.Nodes().Select(node => node switch
        {
            XElement { Name.LocalName: "see" } see => $"`{(see.Attribute("cref") ?? see.Attribute("langword"))?.Value.Split('.')[^1]}`",
            XElement element => $"`{element.Value}`",
            _ => node.ToString(),
        })), " ").Trim().Replace("|", "\\|", StringComparison.Ordinal).Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal);

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
