using Rag.Ingestion.Extraction.Isolation;

namespace Rag.Ingestion.Tests.Extraction.Kinds;

/// <summary>A stand-in for the OCR program: a shell script that answers in its format, or fails.</summary>
internal sealed class EngineScript : IDisposable
{
    /// <summary>Finds one word on every page, 100 pixels from the left and 200 from the top, and hardly believes it.</summary>
    public const string Faint = """
        cat > /dev/null; cat <<'END'
        level	page_num	block_num	par_num	line_num	word_num	left	top	width	height	conf	text
        1	1	0	0	0	0	0	0	1020	1320	-1	
        5	1	1	1	1	1	100	200	200	40	41.5	faint
        END
        """;

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
