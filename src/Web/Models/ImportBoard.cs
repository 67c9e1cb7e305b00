using System.Text.RegularExpressions;
using Rag.Web.Access;
using Rag.Web.Chat;
using Rag.Web.Shell;

namespace Rag.Web.Models;

/// <summary>Imports models in the background, one at a time, for administrators alone. The place is taken from the first byte of an upload on, so two of them cannot fill the disk.</summary>
internal sealed partial class ImportBoard(
    IModelImport importer, ModelUploads uploads, AccessPolicy policy, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<ImportBoard> log)
{
    public const string BusySentence = "Another import is going on. Wait for its end, or cancel it.";

    private static readonly TimeSpan ShowEvery = TimeSpan.FromMilliseconds(250);

    private readonly Lock gate = new();
    private ImportView view = ImportView.None;
    private CancellationTokenSource? running;

    /// <summary>Raised on any thread, a few times a second at most while an import goes on.</summary>
    public event Action? Changed;

    public bool IsAvailable => importer.IsAvailable;

    /// <summary>Null: not the caller's to see.</summary>
    public async Task<ImportView?> ReadAsync(Caller caller, CancellationToken cancel) => await policy.IsAdministratorAsync(caller, cancel) ? Volatile.Read(ref view) : null;

    /// <summary>Takes the file that is being sent, then imports it in the background.</summary>
    /// <param name="fileName">As the browser sent it.</param>
    /// <param name="announced">Bytes, as the request's head says; null where it does not.</param>
    public Task<ImportStart> UploadAsync(Caller caller, ImportWish wish, string? fileName, Stream content, long? announced, CancellationToken cancel) =>
        StartAsync(caller, wish, ModelUploads.CleanName(fileName), stop => uploads.TakeAsync(fileName, content, announced, stop), cancel);

    /// <summary>Imports a file from the server's own disk in the background.</summary>
    public Task<ImportStart> FromDiskAsync(Caller caller, ImportWish wish, string? path, CancellationToken cancel) =>
        StartAsync(caller, wish, ModelUploads.CleanName(Path.GetFileName(path)), _ => Task.FromResult(ModelUploads.Look(path)), cancel);

    /// <summary>Ends an upload or an import soon; what has ended stays. False: not the caller's to end.</summary>
    public async Task<bool> CancelAsync(Caller caller, CancellationToken cancel)
    {
        if (!await policy.IsAdministratorAsync(caller, cancel))
        {
            return false;
        }

        await Volatile.Read(ref running).EndAsync();
        return true;
    }

    /// <summary>Puts the last import's result away.</summary>
    public async Task DismissAsync(Caller caller, CancellationToken cancel)
    {
        if (!await policy.IsAdministratorAsync(caller, cancel))
        {
            return;
        }

        lock (gate)
        {
            view = running is null ? ImportView.None : view;
        }

        Changed?.Invoke();
    }

    /// <summary>That model is gone: nothing says any longer that it is installed.</summary>
    internal void Forget(string name)
    {
        lock (gate)
        {
            view = view.State == ImportState.Done && view.Model?.Name == name ? ImportView.None : view;
        }

        Changed?.Invoke();
    }

    private async Task<ImportStart> StartAsync(Caller caller, ImportWish wish, string fileName, Func<CancellationToken, Task<BroughtFile>> bring, CancellationToken cancel)
    {
        if (!await policy.IsAdministratorAsync(caller, cancel))
        {
            return new(ImportProblem.NotAllowed, null);
        }

        if (Refuse(wish) is { } refused)
        {
            return refused;
        }

        CancellationTokenSource stop;
        lock (gate)
        {
            if (running is not null)
            {
                return new(ImportProblem.Busy, BusySentence);
            }

            stop = running = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping);
            view = new(ImportState.Receiving, fileName);
        }

        Changed?.Invoke();
        BroughtFile file;
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stop.Token, cancel);
            file = await bring(either.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            End(stop, new(ImportState.Cancelled, fileName));
            return new(ImportProblem.Cancelled, "Cancelled.");
        }
        catch
        {
            End(stop, ImportView.None);   // whoever sent it is told, or has left
            throw;
        }

        if (file.Path is null)
        {
            End(stop, ImportView.None);
            return new(file.Problem, file.Sentence);
        }

        lock (gate)
        {
            view = new(ImportState.Running, fileName, "reading the file");
        }

        Changed?.Invoke();
        _ = Task.Run(() => RunAsync(stop, wish, file, fileName), CancellationToken.None);
        return ImportStart.Begun;
    }

    private ImportStart? Refuse(ImportWish wish) =>
        !importer.IsAvailable ? new(ImportProblem.NotAvailable, "This Docent cannot import models.")
        : wish.Bits is not (4 or 8) ? new(ImportProblem.Invalid, "Weights have 8 or 4 bits.")
        : !string.IsNullOrEmpty(wish.Name) && !Name().IsMatch(wish.Name) ? new(ImportProblem.Invalid, "A model's name has letters from a to z, digits, dots, hyphens and underscores, begins and ends with a letter or a digit, and is no longer than 64.")
        : null;

    private async Task RunAsync(CancellationTokenSource stop, ImportWish wish, BroughtFile file, string fileName)
    {
        ImportView end;
        try
        {
            var order = new ImportOrder(file.Path!, string.IsNullOrEmpty(wish.Name) ? null : wish.Name, wish.Bits, fileName);
            var model = await importer.ImportAsync(order, new Reporter(this, clock), stop.Token);
            log.ModelImported(fileName, model.Name);
            end = new(ImportState.Done, fileName, Model: model);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            end = new(ImportState.Cancelled, fileName);
        }
        catch (ModelException failure)
        {
            log.ModelNotImported(failure.Message);
            end = new(ImportState.Failed, fileName, Problem: failure.Message);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            log.ModelImportFailed(failure);
            end = new(ImportState.Failed, fileName, Problem: "The import failed, and nothing was kept. The log says why.");
        }

        if (file.IsOurs)
        {
            ModelUploads.Delete(file.Path!);
        }

        End(stop, end);
    }

    private void End(CancellationTokenSource stop, ImportView end)
    {
        lock (gate)
        {
            view = end;
            running = null;
            stop.Dispose();
        }

        Changed?.Invoke();
    }

    private void Report(ImportStep step, double? left, bool show)
    {
        lock (gate)
        {
            if (view.State == ImportState.Running)
            {
                view = view with { Stage = step.Stage, Done = step.Done, Total = step.Total, SecondsLeft = left };
            }
        }

        if (show)
        {
            Changed?.Invoke();
        }
    }

    // As the importer has it, so that nobody uploads gigabytes for a name that cannot be.
    [GeneratedRegex(@"\A[A-Za-z0-9]([A-Za-z0-9._-]{0,62}[A-Za-z0-9])?\z")]
    private static partial Regex Name();

    /// <summary>Called on the importer's thread, in order.</summary>
    private sealed class Reporter(ImportBoard board, TimeProvider clock) : IProgress<ImportStep>
    {
        private const double LeastSeconds = 2;

        private long? shown;
        private (long Done, long At)? began;

        public void Report(ImportStep value)
        {
            var now = clock.GetTimestamp();
            if (value.Total > 0 && (began is null || value.Done < began.Value.Done))
            {
                began = (value.Done, now);
            }

            double? left = null;
            if (began is { } start && clock.GetElapsedTime(start.At, now).TotalSeconds is >= LeastSeconds and var seconds && value.Done > start.Done)
            {
                left = Math.Max(0, value.Total - value.Done) * seconds / (value.Done - start.Done);
            }

            var show = shown is null || clock.GetElapsedTime(shown.Value, now) >= ShowEvery;
            shown = show ? now : shown;
            board.Report(value, left, show);
        }
    }
}
