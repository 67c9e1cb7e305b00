using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace Rag.Architecture.Tests;

/// <summary>The checked-out sources, found from this file's own path at compile time.</summary>
internal static class Repository
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", ".."));

    public static XDocument Project(string name) => XDocument.Load(Path.Combine(Root, "src", name, $"Rag.{name}.csproj"));

    public static IEnumerable<string> References(string project, string kind) =>
        Project(project).Descendants(kind).Select(item => item.Attribute("Include")?.Value).OfType<string>();

    /// <summary>Path (relative, with forward slashes) and text of every source file under a folder of src.</summary>
    public static IEnumerable<(string Path, string Text)> Sources(string folder, params string[] extensions) =>
        Directory.EnumerateFiles(Path.Combine(Root, "src", folder), "*", SearchOption.AllDirectories)
            .Where(file => extensions.Contains(Path.GetExtension(file)))
            .Select(file => (Path: Path.GetRelativePath(Root, file).Replace('\\', '/'), File: file))
            .Where(file => !file.Path.Contains("/obj/") && !file.Path.Contains("/bin/"))
            .Select(file => (file.Path, File.ReadAllText(file.File)));

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
