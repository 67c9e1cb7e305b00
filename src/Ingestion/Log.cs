using Microsoft.Extensions.Logging;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion;

/// <summary>All log messages of the project: ids, never content (but for the extractor's diagnostics at Trace).</summary>
internal static partial class Log
{
    [LoggerMessage(2001, LogLevel.Information, "Files are read in a process of their own, {Network}, {Files}")]
    public static partial void ExtractorIsolation(this ILogger logger, string network, string files);

    [LoggerMessage(2002, LogLevel.Debug, "Extractor {Process} started")]
    public static partial void ExtractorStarted(this ILogger logger, int process);

    [LoggerMessage(2003, LogLevel.Warning, "Extractor {Process} ended with code {ExitCode} after {Bytes} bytes of diagnostics")]
    public static partial void ExtractorDied(this ILogger logger, int process, int exitCode, long bytes);

    [LoggerMessage(2004, LogLevel.Trace, "Extractor {Process} said: {Errors}")]
    public static partial void ExtractorErrors(this ILogger logger, int process, string errors);

    [LoggerMessage(2009, LogLevel.Warning, "The OCR program of Ingestion:OcrCommand cannot be started; pictures are refused, scanned pages are named")]
    public static partial void OcrMissing(this ILogger logger, Exception? exception);

    [LoggerMessage(2010, LogLevel.Information, "Document {Document} is being read, attempt {Attempt}, generation {Generation}")]
    public static partial void DocumentStarted(this ILogger logger, DocumentId document, int attempt, int generation);

    [LoggerMessage(2011, LogLevel.Information, "Document {Document} is ready: {Pages} pages, {Chunks} chunks in {Seconds:0.0} s")]
    public static partial void DocumentReady(this ILogger logger, DocumentId document, int pages, int chunks, double seconds);

    [LoggerMessage(2012, LogLevel.Warning, "Document {Document} failed, attempt {Attempt}: {Reason}")]
    public static partial void DocumentFailed(this ILogger logger, DocumentId document, int attempt, RefusalReason reason);

    [LoggerMessage(2013, LogLevel.Information, "Document {Document} was given back: {Why}")]
    public static partial void DocumentReturned(this ILogger logger, DocumentId document, string why);

    [LoggerMessage(2014, LogLevel.Error, "Document {Document}, attempt {Attempt}: unexpected failure; its lease will end by itself")]
    public static partial void DocumentBroke(this ILogger logger, Exception exception, DocumentId document, int attempt);

    [LoggerMessage(2015, LogLevel.Warning, "The embedding model failed on document {Document}")]
    public static partial void EmbeddingFailed(this ILogger logger, Exception exception, DocumentId document);

    [LoggerMessage(2016, LogLevel.Warning, "The lease on document {Document} could not be renewed; trying again")]
    public static partial void RenewalFailed(this ILogger logger, Exception exception, DocumentId document);

    [LoggerMessage(2017, LogLevel.Warning, "Document {Document} waits, {Reason}; tried again at {Next:O}")]
    public static partial void DocumentPostponed(this ILogger logger, DocumentId document, RefusalReason reason, DateTime next);

    [LoggerMessage(2021, LogLevel.Error, "The disk has no room even to note that document {Document} waits, {Reason}; make room")]
    public static partial void NoRoomAtAll(this ILogger logger, DocumentId document, RefusalReason reason);

    [LoggerMessage(2018, LogLevel.Warning, "Stopped for a test at {Point}")]
    public static partial void StoppedForATest(this ILogger logger, Composition.StopPoint point);

    [LoggerMessage(2020, LogLevel.Error, "The job queue cannot be reached; trying again")]
    public static partial void QueueUnreachable(this ILogger logger, Exception exception);
}
