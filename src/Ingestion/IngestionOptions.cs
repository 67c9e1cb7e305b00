using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Rag.Ingestion;

/// <summary>What recognises text in pictures.</summary>
public enum OcrEngine
{
    Off,

    /// <summary>The program of that name, installed beside the server.</summary>
    Tesseract,
}

/// <summary>Bounds of the worker and of the extractor process. Section "Ingestion".</summary>
public sealed class IngestionOptions
{
    public const string Section = "Ingestion";

    /// <summary>Name of the worker inside the server.</summary>
    internal const string ServersOwnWorker = "local";

    /// <summary>
    /// Files worked on at the same time by this process. Each has an extractor of its own; they share one embedding model. 0: this process reads no
    /// files, workers beside it do.
    /// </summary>
    [Range(0, 16)] public int ParallelJobs { get; set; } = 1;

    /// <summary>
    /// Names this worker in leases. A restarted worker of the same name takes its interrupted jobs back at once, so two workers on one
    /// database need two names.
    /// </summary>
    [Required, RegularExpression("^[a-z0-9-]{1,40}$")] public string WorkerName { get; set; } = ServersOwnWorker;

    /// <summary>Largest file that is read, in bytes; larger uploads are refused, whatever Docent:MaxUploadBytes says.</summary>
    [Range(1_024, 512L * 1024 * 1024)] public long MaxFileBytes { get; set; } = 100L * 1024 * 1024;

    /// <summary>Largest .txt, .md, .csv or .html file, in bytes: it is held in memory whole. The server refuses larger ones at the upload.</summary>
    [Range(1_024, 32L * 1024 * 1024)] public long MaxTextBytes { get; set; } = 8L * 1024 * 1024;

    /// <summary>What the parts of an Office or EPUB file may unfold to together, in bytes.</summary>
    [Range(1_024 * 1_024, 4L * 1024 * 1024 * 1024)] public long MaxUnpackedBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>Parts of an Office or EPUB file.</summary>
    [Range(10, 100_000)] public int MaxArchiveEntries { get; set; } = 10_000;

    /// <summary>Pages of a PDF; for other files stretches of about 4,000 characters, slides, or 50 rows.</summary>
    [Range(1, 100_000)] public int MaxPages { get; set; } = 10_000;

    /// <summary>Resident size at which the extractor is killed, in megabytes. Its managed heap gets three quarters of that.</summary>
    [Range(128, 8_192)] public int ExtractorMemoryMegabytes { get; set; } = 512;

    /// <summary>Longest time for one file, in seconds, not counting what the parent itself takes.</summary>
    [Range(1, 86_400)] public double FileTimeoutSeconds { get; set; } = 900;

    /// <summary>Longest wait for the next page, in seconds.</summary>
    [Range(0.1, 3_600)] public double PageTimeoutSeconds { get; set; } = 20;

    /// <summary>Most processor time for one file, in seconds, all cores together.</summary>
    [Range(0.1, 86_400)] public double FileCpuSeconds { get; set; } = 600;

    /// <summary>Most processor time for one page, in seconds. Unlike the wait it does not run out on a machine that is busy with other things.</summary>
    [Range(0.1, 3_600)] public double PageCpuSeconds { get; set; } = 15;

    /// <summary>Recognise text in pictures (.png, .jpg, .tif) and on pages of a PDF that are pictures without text. Off: pictures are refused with a sentence, such pages are named.</summary>
    public OcrEngine Ocr { get; set; } = OcrEngine.Off;

    /// <summary>Name or path of the program.</summary>
    [Required, StringLength(500, MinimumLength = 1)] public string OcrCommand { get; set; } = "tesseract";

    /// <summary>Installed languages of the engine, parted by plus signs: "eng+deu".</summary>
    [Required, RegularExpression("^[A-Za-z_]{3,20}(\\+[A-Za-z_]{3,20}){0,9}$")] public string OcrLanguages { get; set; } = "eng";

    /// <summary>Longest time for one picture, in seconds.</summary>
    [Range(1, 3_600)] public double OcrPageSeconds { get; set; } = 60;

    /// <summary>Longest time for all scanned pages of one PDF, in seconds. Those that are left are named as not read.</summary>
    [Range(1, 604_800)] public double OcrFileSeconds { get; set; } = 14_400;

    /// <summary>Bytes of diagnostics after which an extractor is killed for flooding.</summary>
    [Range(64 * 1024, 64 * 1024 * 1024)] public int MaxExtractorErrorBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>How long an idle extractor is kept for the next file of the same knowledge base, in seconds.</summary>
    [Range(0, 3_600)] public double ExtractorIdleSeconds { get; set; } = 30;

    /// <summary>Largest chunk, in word pieces of the embedding model.</summary>
    [Range(32, 400)] public int ChunkTokens { get; set; } = 220;

    /// <summary>Title and headings in front of each chunk, in word pieces.</summary>
    [Range(8, 80)] public int PrefixTokens { get; set; } = 40;

    /// <summary>A table's caption in front of its rows, in word pieces.</summary>
    [Range(0, 200)] public int CaptionTokens { get; set; } = 120;

    /// <summary>What the embedding model takes in beside its own special tokens; body, prefix and caption share it.</summary>
    internal const int MostTokens = 504;

    /// <summary>Chunks embedded and stored in one step; progress moves by as many. Waiting questions are let through in between.</summary>
    [Range(1, 256)] public int EmbeddingBatch { get; set; } = 16;

    /// <summary>How often a held lease is renewed, in seconds; cancellation is seen as fast. Leases last up to 30 s.</summary>
    [Range(0.1, 10)] public double RenewSeconds { get; set; } = 2;

    /// <summary>For tests only: lets files that begin with a magic line crash or hang the extractor.</summary>
    public bool ExtractorTestFaults { get; set; }
}

internal sealed class IngestionOptionsValidator : IValidateOptions<IngestionOptions>
{
    public ValidateOptionsResult Validate(string? name, IngestionOptions options)
    {
        var results = new List<ValidationResult>();
        var failures = new List<string>();
        if (!Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true))
        {
            failures.AddRange(results.Select(result => $"{IngestionOptions.Section}: {result.ErrorMessage}"));
        }

        if (options.ChunkTokens + options.PrefixTokens + options.CaptionTokens > IngestionOptions.MostTokens)
        {
            failures.Add($"{IngestionOptions.Section}: ChunkTokens, PrefixTokens and CaptionTokens together must not exceed {IngestionOptions.MostTokens}, the embedding model's context.");
        }

        if (options.PageTimeoutSeconds > options.FileTimeoutSeconds)
        {
            failures.Add($"{IngestionOptions.Section}: PageTimeoutSeconds must not exceed FileTimeoutSeconds.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
