using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Rag.Ingestion.Composition;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Tests.Pipeline;

/// <summary>A database that is locked, a disk that is full.</summary>
internal sealed partial class FaultRuns
{
    /// <summary>Another process holds the database's write lock for a while.</summary>
    public async Task LockAsync(TimeSpan hold)
    {
        await using Shop shop = await OpenAsync();
        DocumentId document = await shop.AddAsync("report.pdf", file);
        await using WorkerProcess worker = StartStopping(shop, "first", StopPoint.Chunks);
        await worker.SaysAsync("Stopped for a test", Patience);
        await using (var holder = new SqliteConnection($"Data Source={Path.Combine(shop.Folder, "knowledge.db")};Pooling=False"))
        {
            await holder.OpenAsync(Shop.Cancel);
            await using var begin = holder.CreateCommand();
            begin.CommandText = "BEGIN IMMEDIATE";
            await begin.ExecuteNonQueryAsync(Shop.Cancel);
            await File.WriteAllTextAsync(Path.Combine(shop.Folder, "workers", "go"), "", Shop.Cancel);
            await Task.Delay(hold, TimeProvider.System, Shop.Cancel);   // the fault itself lasts
        }

        await ReadyAsync(shop, document);
        await AssertUndisturbedAsync(shop, document);
    }

    /// <summary>The disk fills up while a file is read; an older file is there already. Then there is room again.</summary>
    /// <returns>From the room to both files ready; null where this user may not mount a small file system, so nothing was tried.</returns>
    public async Task<TimeSpan?> FillDiskAsync()
    {
        string mount = Directory.CreateTempSubdirectory("rag-small-disk-").FullName;
        if (!await RunsAsync("mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", mount))
        {
            Directory.Delete(mount);
            return null;
        }

        try
        {
            await using Shop shop = await Shop.OpenInAsync(Directory.CreateDirectory(Path.Combine(mount, "data")).FullName, Fast);
            await shop.IngestAsync("older.pdf", file);
            DocumentId document = await shop.AddAsync("report.pdf", file);
            string ballast = Path.Combine(mount, "ballast");
            await using WorkerProcess worker = StartStopping(shop, "first", StopPoint.Pages);
            await worker.SaysAsync("Stopped for a test", Patience);
            await FillAsync(ballast);
            await File.WriteAllTextAsync(Path.Combine(shop.Folder, "workers", "go"), "", Shop.Cancel);   // an empty file takes no room
            await worker.SaysAsync(nameof(RefusalReason.StorageFull), Patience);
            File.Delete(ballast);
            long room = Stopwatch.GetTimestamp();
            await ReadyAsync(shop, document);
            TimeSpan took = Stopwatch.GetElapsedTime(room);
            IReadOnlyList<string> undisturbed = await Undisturbed.OfAsync(seed, file);
            Assert.Equal(undisturbed.SelectMany(chunk => new[] { chunk, chunk }), LiveChunks(shop));   // both files, the same text
            Assert.Equal(2 * undisturbed.Count, Count(shop, "Chunks"));
            return took;
        }
        finally
        {
            await RunsAsync("umount", "-l", mount);
            Directory.Delete(mount);
        }
    }

    private static async Task FillAsync(string path)
    {
        await using var ballast = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (int size in (int[])[64 * 1024, 4 * 1024, 512])
        {
            try
            {
                while (true)
                {
                    await ballast.WriteAsync(new byte[size], Shop.Cancel);
                }
            }
            catch (IOException)
            {
                // no room for as much; try less
            }
        }
    }

    private static async Task<bool> RunsAsync(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            await process.WaitForExitAsync(Shop.Cancel);
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static async Task<bool> CanWriteAsync(Shop shop)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(shop.Folder, "knowledge.db")};Pooling=False;Default Timeout=1");
        await connection.OpenAsync(Shop.Cancel);
        await using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "BEGIN IMMEDIATE; ROLLBACK";
        try
        {
            await command.ExecuteNonQueryAsync(Shop.Cancel);
            return true;
        }
        catch (SqliteException busy) when (StorageFaults.IsBusy(busy))
        {
            return false;
        }
    }
}
