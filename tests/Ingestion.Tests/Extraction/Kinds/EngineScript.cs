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

    /// <summary>Says the same of the same picture, and of others something else: the checksum of what it is given.</summary>
    public const string Checksum = """
        sum=$(cksum); sum=${sum%% *}
        printf 'level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n1\t1\t0\t0\t0\t0\t0\t0\t1020\t1320\t-1\t\n'
        printf '5\t1\t1\t1\t1\t1\t100\t200\t200\t40\t91\tChecksum\n5\t1\t1\t1\t1\t2\t320\t200\t200\t40\t91\t%s\n' "$sum"
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

    /// <summary>How often a program of <see cref="WriteGated"/> was started.</summary>
    public int Calls => Directory.GetDirectories(folder).Length;

    /// <summary>A program that counts its calls and waits at each for leave to do what it does.</summary>
    public string WriteGated(string body) => Write($"""
        n=1
        while ! mkdir '{folder}'/$n 2> /dev/null; do [ -d '{folder}' ] || exit 1; n=$((n + 1)); done
        while [ ! -e '{folder}'/go ] && [ ! -e '{folder}'/go$n ]; do [ -d '{folder}' ] || exit 1; sleep 0.02; done
        {body}
        """);

    /// <summary>Lets one call go on, or all from now on.</summary>
    public void Release(int? call = null) => File.WriteAllText(Path.Combine(folder, $"go{call}"), "");

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
