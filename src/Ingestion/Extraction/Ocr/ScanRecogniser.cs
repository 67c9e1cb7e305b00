using System.Globalization;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Extraction.Ocr;

/// <summary>
/// Recognises the scanned pages of one file, picture by picture as the extractor hands them out; only words are kept. Whatever goes wrong with a picture
/// is said of its page, and the file goes on.
/// </summary>
internal sealed class ScanRecogniser(OcrProgram program, IngestionOptions options, TimeProvider clock)
{
    private readonly List<OcrWord> words = [];   // of the page at hand
    private TimeSpan left = TimeSpan.FromSeconds(options.OcrFileSeconds);
    private ScanTrouble trouble;
    private int pictures;
    private bool missing;

    /// <summary>There are an engine and time: a picture is looked at, not only counted.</summary>
    public bool IsAble => !missing && left > TimeSpan.Zero;

    /// <summary>Forgets what was recognised of a page that did not come.</summary>
    public void Begin()
    {
        (trouble, pictures) = (ScanTrouble.None, 0);
        words.Clear();
    }

    /// <summary>A picture of the page that comes next.</summary>
    /// <exception cref="InvalidDataException">More pictures than a page may have.</exception>
    public async Task AddAsync(ScanPicture picture, CancellationToken cancel)
    {
        if (++pictures > ScanPicture.MostPieces)
        {
            throw new InvalidDataException("More pictures than a page may have.");
        }

        if (!IsAble)
        {
            trouble = missing ? ScanTrouble.EngineMissing : ScanTrouble.FileTimedOut;
            return;
        }

        long begun = clock.GetTimestamp();
        string[] switches = ["--dpi", picture.Dpi.ToString(CultureInfo.InvariantCulture), .. picture.Upright ? Array.Empty<string>() : ["--psm", "1"]];   // 1: finds out which way is up
        (RefusalReason? refusal, string table) = await program.RunAsync(picture.Open(), switches, left, cancel);
        left -= clock.GetElapsedTime(begun);
        missing = refusal == RefusalReason.OcrOff;
        if (refusal is null && TesseractTable.ReadWords(table) is var (read, width, height))
        {
            words.AddRange(read.Select(word => Placed(word, picture, width, height)).Where(word => IsSeen(word.Box, picture)));
        }
        else
        {
            trouble = refusal switch
            {
                RefusalReason.OcrOff => ScanTrouble.EngineMissing,
                RefusalReason.TimedOut => ScanTrouble.TimedOut,
                _ => ScanTrouble.EngineFailed,
            };
        }
    }

    /// <summary>The page with the words of its pictures; begins the next one.</summary>
    public ExtractedPage Finish(ExtractedPage page)
    {
        ScanTrouble seen = trouble != ScanTrouble.None ? trouble : page.Scan?.Trouble ?? ScanTrouble.None;
        PageBox paper = new(0, 0, page.Text.Width, page.Text.Height);
        OcrWord[] found = [.. words.Where(word => Holds(paper, word.Box)).Select(word => word with { Box = Cut(word.Box, paper) })];
        Begin();
        if (!page.IsScan)
        {
            return page;   // pages with text are never recognised, whatever pictures came with them
        }

        if (found.Length == 0)
        {
            return page with { Scan = new ScanOutcome(0, seen == ScanTrouble.None ? ScanTrouble.NoWords : seen) };
        }

        double letters = found.Sum(word => word.Text.Length), mean = found.Sum(word => word.Confidence * word.Text.Length) / letters;
        return OcrText.Compose(page.Text, found) with { Hidden = page.Hidden, Scan = new ScanOutcome((byte)Math.Clamp(mean, 1, 100), seen) };
    }

    private OcrWord Placed(OcrWord word, ScanPicture picture, float width, float height) => word with
    {
        Paragraph = word.Paragraph with { Picture = pictures },
        Box = picture.Place.Map(word.Box.X / width, word.Box.Y / height, (word.Box.X + word.Box.Width) / width, (word.Box.Y + word.Box.Height) / height),
    };

    private static bool IsSeen(PageBox word, ScanPicture picture) => Holds(picture.Visible, word) && !picture.Covers.Any(cover => Holds(cover, word));

    /// <summary>The middle of the word lies in the box.</summary>
    private static bool Holds(PageBox box, PageBox word)
    {
        float x = word.X + (word.Width / 2), y = word.Y + (word.Height / 2);
        return x >= box.X && x <= box.X + box.Width && y >= box.Y && y <= box.Y + box.Height;
    }

    private static PageBox Cut(PageBox box, PageBox paper)
    {
        float left = Math.Clamp(box.X, 0, paper.Width), top = Math.Clamp(box.Y, 0, paper.Height);
        float right = Math.Clamp(box.X + box.Width, left, paper.Width), bottom = Math.Clamp(box.Y + box.Height, top, paper.Height);
        return new PageBox(left, top, right - left, bottom - top);
    }
}
