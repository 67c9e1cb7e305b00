using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Rag.Inference.Models;

/// <summary>
/// The model folders that are there, whole or broken. Reading them touches no weights; what was read, and the SHA-256 that were found right, are kept until a file changes.
/// Folders whose names the settings could not take (those that begin with a dot, such as unfinished imports) are not listed.
/// </summary>
public sealed partial class ModelCatalogue : IDisposable
{
    private const string Removed = ".removed-";

    private readonly ModelStore store;
    private readonly InferenceOptions options;
    private readonly Func<ModelKind, bool> isElsewhere;
    private readonly ConcurrentDictionary<string, (string Stamp, InstalledModel Model)> known = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim checking = new(1);

    /// <param name="isElsewhere">Whether an endpoint stands in for the configured model of that kind.</param>
    internal ModelCatalogue(ModelStore store, InferenceOptions options, Func<ModelKind, bool> isElsewhere) =>
        (this.store, this.options, this.isElsewhere) = (store, options, isElsewhere);

    /// <summary>Full path of the folder of model folders.</summary>
    /// <exception cref="InferenceException">Unavailable: there is none.</exception>
    public string Folder => store.Root;

    /// <summary>By name. A folder that cannot be read is in the list, with its problem.</summary>
    /// <exception cref="InferenceException">Unavailable: there is no models folder, or it cannot be read.</exception>
    public IReadOnlyList<InstalledModel> List()
    {
        var root = Folder;
        try
        {
            return [.. new DirectoryInfo(root).EnumerateDirectories()
                .Where(folder => Name().IsMatch(folder.Name) && ModelInspection.HoldsModel(folder.FullName))
                .OrderBy(folder => folder.Name, StringComparer.OrdinalIgnoreCase)
                .Select(folder => WithUse(Read(folder.FullName).Model))];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InferenceException(InferenceFailure.Unavailable, $"The models folder {root} cannot be read ({error.Message}). Set Inference:ModelsFolder to one that can.", error);
        }
    }

    /// <summary>Compares every file with the SHA-256 in <c>model.json</c>, one folder at a time; <see cref="List"/> then says what was found. Does nothing where that was done.</summary>
    /// <exception cref="InferenceException">Unavailable: there is no models folder.</exception>
    public async Task CheckAsync(string id, CancellationToken cancel)
    {
        var path = PathOf(id);
        if (path is null)
        {
            return;
        }

        await checking.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            var (stamp, model) = Read(path);
            if (model is { Files: ModelFiles.Present, Kind: { } kind })
            {
                var problem = await Task.Run(() => Verify(path, kind, cancel), CancellationToken.None).ConfigureAwait(false);
                known[path] = (stamp, problem is null ? model with { Files = ModelFiles.Checked } : model with { Files = ModelFiles.Wrong, Problem = problem });
            }
        }
        finally
        {
            checking.Release();
        }
    }

    /// <summary>Deletes a model folder. False: there is none of that name.</summary>
    /// <exception cref="InferenceException">InvalidOption: the settings name it. Unavailable: the models folder cannot be written. The message says what to do.</exception>
    public bool Remove(string id)
    {
        if (PathOf(id) is not { } path)
        {
            return false;
        }

        if (Configured.Any(used => IsSame(used, id) || IsSame(Target(Path.Combine(Folder, used)), path)))
        {
            throw new InferenceException(InferenceFailure.InvalidOption, $"The model {id} is named in the settings, so it stays. Name another model there and start Docent again, then remove this one.");
        }

        // Renamed first: a folder that is half gone must not be taken for a model.
        var doomed = Path.Combine(Folder, Removed + Guid.NewGuid().ToString("N"));
        try
        {
            Directory.Move(path, doomed);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InferenceException(
                InferenceFailure.Unavailable, $"The folder {path} cannot be removed: Docent's account may not write there, or a program is using it. Delete it by hand.", error);
        }

        known.TryRemove(path, out _);
        Sweep();
        return true;
    }

    public void Dispose() => checking.Dispose();

    private string[] Configured => [options.ChatModel, options.EmbeddingModel];

    private InstalledModel WithUse(InstalledModel model)
    {
        bool Is(ModelKind kind, string configured) => IsSame(configured, model.Id) && (model.Kind ?? kind) == kind && !isElsewhere(kind);
        return model with
        {
            Configured = Configured.Any(used => IsSame(used, model.Id)),
            InUse = Is(ModelKind.Chat, options.ChatModel) || Is(ModelKind.Embedding, options.EmbeddingModel),
        };
    }

    private (string Stamp, InstalledModel Model) Read(string path)
    {
        var files = ModelInspection.FilesOf(path);
        var stamp = ModelInspection.Stamp(files);
        return known.TryGetValue(path, out var kept) && kept.Stamp == stamp
            ? kept
            : known[path] = (stamp, ModelInspection.Read(path, files.Sum(file => file.Length), options.MaxContextTokens));
    }

    private string? Verify(string path, ModelKind kind, CancellationToken cancel)
    {
        try
        {
            var folder = ModelFolder.Open(path, kind, options.MaxContextTokens);
            foreach (var name in folder.Manifest.Files.Keys)
            {
                cancel.ThrowIfCancellationRequested();
                folder.Verify(name);
            }

            return null;
        }
        catch (InferenceException wrong)
        {
            return wrong.Message;
        }
    }

    /// <summary>A folder right below the models folder that holds a model, and nothing else.</summary>
    private string? PathOf(string id)
    {
        if (!Name().IsMatch(id))
        {
            return null;
        }

        var path = Path.Combine(Folder, id);
        return Path.GetDirectoryName(Path.GetFullPath(path)) == Path.TrimEndingDirectorySeparator(Path.GetFullPath(Folder)) && Directory.Exists(path) && ModelInspection.HoldsModel(path) ? path : null;
    }

    /// <summary>Also those that an earlier removal could not delete to the end. Of a link to a folder elsewhere, the link alone goes.</summary>
    private void Sweep()
    {
        foreach (var folder in Directory.EnumerateDirectories(Folder, Removed + "*"))
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // A file in it is open. It is out of the list, and the next removal tries again.
            }
        }
    }

    private static string Target(string path)
    {
        try
        {
            return new DirectoryInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return path;
        }
    }

    // Some file systems tell no case apart; being careful costs nothing.
    private static bool IsSame(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]*\z")]
    private static partial Regex Name();
}
