using System.Text;
using System.Text.RegularExpressions;
using Rag.Inference.Models;

namespace Rag.Inference.Import;

/// <summary>
/// The folder of a model that is being written: under a temporary name until <see cref="Finish"/>, gone if that is not reached. What a killed process left behind is removed by
/// the next import: whoever writes holds the folder's lock file open.
/// </summary>
internal sealed partial class ImportFolder : IDisposable
{
    private const string Prefix = ".import-";   // no name of a model begins with a dot
    private const string LockName = ".lock";
    private const int LongestName = 64;

    private readonly string target;
    private readonly FileStream held;
    private bool finished;

    /// <exception cref="InferenceException">InvalidOption: a model of that name is there.</exception>
    public ImportFolder(string root, string id)
    {
        (Id, target) = (id, System.IO.Path.Combine(root, id));
        Directory.CreateDirectory(root);
        if (Directory.Exists(target) || File.Exists(target))
        {
            throw Taken(id);
        }

        RemoveLeftOvers(root);
        Path = System.IO.Path.Combine(root, Prefix + Guid.NewGuid().ToString("N")[..12]);
        Directory.CreateDirectory(Path);
        held = new(System.IO.Path.Combine(Path, LockName), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
    }

    public string Id { get; }

    public string Path { get; }

    /// <summary>The folder's name: as asked for, which must be a safe one; else made of the title.</summary>
    /// <exception cref="InferenceException">InvalidOption: not a name that a folder may have everywhere.</exception>
    public static string Name(string? asked, string title)
    {
        if (asked is not null)
        {
            return asked.Length <= LongestName && Allowed().IsMatch(asked) && !Reserved().IsMatch(asked) ? asked : throw new InferenceException(
                InferenceFailure.InvalidOption, $"A model's name has letters from a to z, digits, dots, dashes and underscores, begins and ends with a letter or digit, and is no longer than {LongestName}.");
        }

        var name = new StringBuilder();
        foreach (var letter in title.ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_')
            {
                name.Append(letter);
            }
            else if (name.Length > 0 && name[^1] != '-')
            {
                name.Append('-');
            }
        }

        var made = name.ToString().Trim('-', '.', '_');
        made = made.Length <= LongestName ? made : made[..LongestName].Trim('-', '.', '_');
        return made.Length == 0 || Reserved().IsMatch(made) ? "imported-model" : made;
    }

    /// <summary>Writes a whole file and notes its hash.</summary>
    public void Write(string name, ReadOnlySpan<byte> content, Dictionary<string, ManifestFile> written)
    {
        using var file = new HashedFile(System.IO.Path.Combine(Path, name));
        file.Write(content);
        written.Add(name, file.Finish());
    }

    /// <summary>Gives the folder its name.</summary>
    /// <returns>Its path.</returns>
    /// <exception cref="InferenceException">InvalidOption: meanwhile a model of that name is there.</exception>
    public string Finish()
    {
        held.Dispose();
        try
        {
            Directory.Move(Path, target);
        }
        catch (IOException) when (Directory.Exists(target))
        {
            throw Taken(Id);
        }

        finished = true;
        return target;
    }

    public void Dispose()
    {
        held.Dispose();
        if (!finished && Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }

    private static void RemoveLeftOvers(string root)
    {
        foreach (var folder in Directory.EnumerateDirectories(root, Prefix + "*"))
        {
            try
            {
                // Fails while another import holds it.
                File.Open(System.IO.Path.Combine(folder, LockName), FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose();
                Directory.Delete(folder, recursive: true);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // in use, or not ours to remove
            }
        }
    }

    private static InferenceException Taken(string id) => new(
        InferenceFailure.InvalidOption, $"There is a model named {id} already; choose another name, or remove its folder first.");

    [GeneratedRegex("^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$", RegexOptions.CultureInvariant)]
    private static partial Regex Allowed();

    // Windows gives these to devices, whatever follows behind a dot.
    [GeneratedRegex(@"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Reserved();
}
