using Rag.Ingestion.Extraction.Isolation;

namespace Rag.Ingestion.Tests.Extraction.Kinds;

/// <summary>A stand-in for the OCR program: a shell script that answers in its format, or fails.</summary>
internal sealed class EngineScript : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("docent-ocr").FullName;

    public string Write(string body)
    {
        string path = Path.Combine(folder, "engine");
        File.WriteAllText(path, $"#!/bin/sh\n{body}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        return path;
    }

    public ExtractorPool Pool(string body, Action<IngestionOptions>? configure = null)
    {
        string command = Write(body);
        return Extractors.Pool(options =>
        {
            (options.Ocr, options.OcrCommand) = (OcrEngine.Tesseract, command);
            configure?.Invoke(options);
        });
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
