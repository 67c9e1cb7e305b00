namespace Rag.Ingestion.Extraction.Ocr;

/// <summary>Why a scanned page was not read.</summary>
internal enum ScanTrouble : byte
{
    None,

    /// <summary>A compression or colour space that nothing here decodes.</summary>
    NotDecoded,
    Damaged,
    TooLarge,
    TooManyPieces,
    TimedOut,
    EngineFailed,
    EngineMissing,
    NoWords,

    /// <summary>The time for recognising the file was used up by the pages before.</summary>
    FileTimedOut,
}

/// <summary>What became of a scanned page that was to be recognised.</summary>
/// <param name="Confidence">Mean of the words, 0 to 100, as the engine says; 0 where none was found.</param>
/// <param name="Trouble">Of the page, or of a part of it.</param>
internal readonly record struct ScanOutcome(byte Confidence, ScanTrouble Trouble)
{
    /// <summary>Below this mean a page is named: on clean prints the engine gives 90 and more.</summary>
    private const byte Sure = 65;

    public bool IsUnsure => Confidence is > 0 and < Sure;

    /// <summary>The engine had its time with the page, whatever came of it.</summary>
    public bool WasTried => Confidence > 0 || Trouble is ScanTrouble.TimedOut or ScanTrouble.EngineFailed or ScanTrouble.NoWords;

    /// <summary>Ends the sentence "Page 3 is a scan that could not be read: …".</summary>
    public string Why => Trouble switch
    {
        ScanTrouble.NotDecoded => "the picture is stored in a form that is not read here",
        ScanTrouble.Damaged => "the picture is damaged",
        ScanTrouble.TooLarge => "the picture is too large to process safely",
        ScanTrouble.TooManyPieces => "made of too many pieces",
        ScanTrouble.TimedOut => "recognising took too long",
        ScanTrouble.EngineFailed => "the OCR program failed on the picture",
        ScanTrouble.EngineMissing => "the OCR program was not found; ask the administrator",
        ScanTrouble.FileTimedOut => "the time for recognising this file was used up",
        _ => "no words were recognised",
    };
}
