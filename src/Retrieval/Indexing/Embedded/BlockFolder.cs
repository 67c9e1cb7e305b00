using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Indexing.Embedded;

/// <summary>
/// The files of one knowledge base's blocks: <c>index/KNOWLEDGEBASE/*.block</c> in the data folder. A file gets its name when it is complete and on
/// disk, and never changes after that. All of them can be deleted at any time: SQL is the truth, and what is missing is built again.
/// </summary>
internal sealed class BlockFolder(IOptions<RetrievalOptions> options, KnowledgeBaseId knowledgeBase, ILogger logger)
{
    private const string Root = "index";
    private const string Ending = ".block";
    private const string Unfinished = ".tmp";
    private readonly string folder = Path.Combine(options.Value.DataFolder, Root, knowledgeBase.ToString());

    /// <returns>Names of complete files, always in the same order.</returns>
    public IReadOnlyList<string> List() => !Directory.Exists(folder)
        ? []
        : [.. Directory.EnumerateFiles(folder, "*" + Ending).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public bool Holds(string name) => File.Exists(Path.Combine(folder, name));

    /// <returns>Null for a file that is gone or cannot be opened, or that is damaged: that one is deleted.</returns>
    public PassageBlock? Open(string name)
    {
        try
        {
            return PassageBlock.Open(Path.Combine(folder, name), knowledgeBase);
        }
        catch (InvalidDataException)
        {
            logger.BlockDamaged(knowledgeBase, name);
            Delete(name);
            return null;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            logger.BlockNotOpened(error, knowledgeBase, name);
            return null;
        }
    }

    /// <summary>Writes a block under a name that <see cref="List"/> does not show yet.</summary>
    public string Write(PassageBlock block)
    {
        Directory.CreateDirectory(folder);
        var name = Guid.CreateVersion7().ToString("N") + Unfinished;
        try
        {
            block.Save(Path.Combine(folder, name));
            return name;
        }
        catch
        {
            Delete(name);
            throw;
        }
    }

    /// <summary>Makes written blocks show and deletes those that they replace, in this order: a crash in between leaves both, which is harmless.</summary>
    public void Replace(IEnumerable<string> written, IEnumerable<string> replaced)
    {
        foreach (var name in written)
        {
            File.Move(Path.Combine(folder, name), Path.Combine(folder, Path.ChangeExtension(name, Ending)));
        }

        FolderSync.Flush(folder);
        foreach (var name in replaced)
        {
            Delete(name);
        }
    }

    public void Delete(string name)
    {
        try
        {
            File.Delete(Path.Combine(folder, name));
        }
        catch (Exception error) when (error is DirectoryNotFoundException or UnauthorizedAccessException)
        {
            // Gone already; or, on Windows, still mapped: then the next erasing takes it.
        }
    }

    /// <summary>
    /// Deletes what writers left half done, this process's or another's. One that is at work meets a missing file, gives up and tries again later:
    /// so its bytes, too, are gone when this returns.
    /// </summary>
    public void DeleteUnfinished()
    {
        if (Directory.Exists(folder))
        {
            foreach (var path in Directory.EnumerateFiles(folder, "*" + Unfinished))
            {
                Delete(Path.GetFileName(path));
            }
        }
    }

    /// <summary>Deletes the files of all knowledge bases.</summary>
    public static void DeleteAll(IOptions<RetrievalOptions> options)
    {
        if (Path.Combine(options.Value.DataFolder, Root) is var root && Directory.Exists(root))
        {
            Directory.Delete(root, recursive: true);
        }
    }

    public void DeleteIfEmpty()
    {
        if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
        {
            Directory.Delete(folder);
        }
    }
}
