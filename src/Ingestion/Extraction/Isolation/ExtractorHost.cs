using System.Collections.Concurrent;
using Rag.Ingestion.Extraction.Flow;
using Rag.Ingestion.Extraction.Isolation.Confinement;
using Rag.Ingestion.Extraction.Ocr;
using Rag.Ingestion.Extraction.Pdf;
using Rag.Retrieval.Knowledge;
using UglyToad.PdfPig.Exceptions;

namespace Rag.Ingestion.Extraction.Isolation;

/// <summary>
/// The child: reads files from one pipe, writes pages to the other, knows nothing else. One thread reads requests and ends the process
/// when the parent is gone, even while the other one is lost in a hostile file.
/// </summary>
/// <param name="processorSeconds">A file may take no more of the processor.</param>
internal sealed class ExtractorHost(Stream input, Stream output, double processorSeconds, bool testFaults)
{
    /// <summary>Exit code that tells the parent why.</summary>
    public const int OutOfMemory = 71;

    /// <summary>Exit code when the system ended it for its processor time: 128 and the signal's number.</summary>
    public const int OutOfTime = 128 + 24;

    private readonly BlockingCollection<(ExtractRequest Request, byte[] File)> requests = [];

    /// <summary>Serves until the input ends; returns the exit code.</summary>
    public int Run()
    {
        new Frame(FrameKind.Hello, [Frame.Version]).WriteTo(output);
        new Thread(Work, ParserThread.StackBytes) { IsBackground = true }.Start();
        while (Frame.ReadFrom(input) is { Kind: FrameKind.Extract } frame)
        {
            ExtractRequest request = ExtractRequest.Parse(frame.Payload);
            byte[] file = new byte[request.Length];
            if (input.ReadAtLeast(file, file.Length, throwOnEndOfStream: false) < file.Length)
            {
                break;
            }

            requests.Add((request, file));
        }

        return 0;
    }

    private void Work()
    {
        foreach ((ExtractRequest request, byte[] file) in requests.GetConsumingEnumerable())
        {
            try
            {
                Answer(request, file);
            }
            catch (OutOfMemoryException)
            {
                Environment.Exit(OutOfMemory);
            }
            catch (PipeClosedException)
            {
                Environment.Exit(0);
            }
        }
    }

    private void Answer(ExtractRequest request, byte[] file)
    {
        SmallerWorld.LimitProcessorTime(Environment.CpuUsage.TotalTime, processorSeconds);
        if (testFaults && TestFaults.Find(file) is { } fault)
        {
            fault(output);
            return;
        }

        RefusalReason? refusal = request.Kind == FileKind.Pdf ? SendPdf(request, file) : SendFlow(request, file);
        Send(refusal is { } reason ? new Frame(FrameKind.Refused, [(byte)reason]) : new Frame(FrameKind.Done, []));
    }

    private RefusalReason? SendFlow(ExtractRequest request, byte[] file)
    {
        try
        {
            FlowDocument document = FlowReader.Read(request.Kind, file, request.Limits);
            if (document.Pages.Count > request.MaxPages)
            {
                return RefusalReason.TooLarge;
            }

            Send(new Frame(FrameKind.Begin, PageCodec.Begin(document.Title, document.Pages.Count)));
            SendPages(request, FlowWriter.ToPages(document), page => page);
            return null;
        }
        catch (RefusedFileException refused)
        {
            return refused.Reason;
        }
        catch (Exception exception) when (exception is not (OutOfMemoryException or PipeClosedException))
        {
            return RefusalReason.Damaged;   // parsers of other people's formats throw many types; all of them mean this
        }
    }

    private RefusalReason? SendPdf(ExtractRequest request, byte[] file)
    {
        try
        {
            using var document = new PdfExtractor(file);
            if (document.PageCount == 0)
            {
                return RefusalReason.Damaged;
            }

            if (document.PageCount > request.MaxPages)
            {
                return RefusalReason.TooLarge;
            }

            Send(new Frame(FrameKind.Begin, PageCodec.Begin(document.Title, document.PageCount)));
            SendPages(request, document.Pages(), page => request.Pictures && page.IsScan ? page with { Scan = new ScanOutcome(0, SendPictures(document, page)) } : page);

            return document.BrokenPages == document.PageCount ? RefusalReason.Damaged : null;
        }
        catch (PdfDocumentEncryptedException)
        {
            return RefusalReason.Encrypted;
        }
        catch (PageTooLargeException)
        {
            return RefusalReason.TooLarge;
        }
        catch (Exception exception) when (exception is not (OutOfMemoryException or PipeClosedException))
        {
            return RefusalReason.Damaged;   // PdfPig throws many types on broken files; all of them mean this
        }
    }

    private ScanTrouble SendPictures(PdfExtractor document, ExtractedPage page) =>
        document.Pictures(page.Text.Number, picture => Send(new Frame(FrameKind.Picture, picture.ToPayload())));

    /// <param name="finish">Called for pages that are sent.</param>
    private void SendPages(ExtractRequest request, IEnumerable<ExtractedPage> pages, Func<ExtractedPage, ExtractedPage> finish)
    {
        foreach (ExtractedPage page in pages)
        {
            Send(page.Text.Number < request.FirstPage ? new Frame(FrameKind.Passed, []) : new Frame(FrameKind.Page, PageCodec.Page(finish(page))));
        }
    }

    private void Send(Frame frame)
    {
        try
        {
            frame.WriteTo(output);
        }
        catch (IOException exception)
        {
            throw new PipeClosedException(exception);
        }
    }

    /// <summary>The parent listens no more. Its own type, as parsers throw IOException too.</summary>
    private sealed class PipeClosedException(IOException inner) : Exception(inner.Message, inner);
}
