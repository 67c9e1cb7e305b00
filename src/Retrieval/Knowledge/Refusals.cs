namespace Rag.Retrieval.Knowledge;

/// <summary>The one sentence a person reads for each reason: what happened and what to do.</summary>
public static class Refusals
{
    public static string Sentence(RefusalReason reason) => reason switch
    {
        RefusalReason.Encrypted => "This file is password protected. Remove the password and upload it again.",
        RefusalReason.Damaged => "This file is damaged and could not be read. Try to open it, save a fresh copy and upload that.",
        RefusalReason.Empty => "This file is empty.",
        RefusalReason.WrongType => "The content of this file does not match the ending of its name. Save it again in the program that made it, and upload that.",
        RefusalReason.TooLarge => "This file is too large to process safely. Split it and upload the parts.",
        RefusalReason.TimedOut => "Reading this file took too long and was stopped. Save a simpler copy and upload that.",
        RefusalReason.OutOfMemory => "Reading this file needed too much memory and was stopped. Split it and upload the parts.",
        RefusalReason.ExtractorCrashed => "Reading this file failed each time it was tried. It may be damaged; save a fresh copy and upload that.",
        RefusalReason.WorkerCrashed => "Processing stopped three times on this file. It was set aside; nothing else is affected. Retry, or remove it.",
        RefusalReason.StorageFull => "The storage is full, nothing was lost. Free some space, then press retry.",
        RefusalReason.StorageBusy => "The database was busy for too long, nothing was lost. Press retry.",
        RefusalReason.ModelUnavailable => "The model that reads files is not available. See the status page, then press retry.",
        RefusalReason.Cancelled => "Cancelled. Press retry to process this file after all.",
        RefusalReason.OldFormat => "This is an Office file of the old kind. Save it as .docx, .xlsx, .pptx or PDF and upload that.",
        RefusalReason.OcrOff => "This is a picture, and reading text from pictures (OCR) is switched off on this server. Upload the text it shows, or ask the administrator.",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
    };

    /// <summary>Why a file waits to be tried again, while there is hope.</summary>
    public static string WaitingSentence(RefusalReason reason) => reason switch
    {
        RefusalReason.StorageFull => "The storage is full. Free some space; nothing was lost.",
        RefusalReason.StorageBusy => "The database is busy.",
        RefusalReason.ModelUnavailable => "The model that reads files is not available. See the status page.",
        _ => Sentence(reason),
    };

    /// <summary>Of a file that was put aside while it was read.</summary>
    public const string SmallerFirst = "A smaller file goes first; this one goes on after it.";

    public const string NoTextFound = "No text was found; this may be a scan. Its pages cannot be searched.";
}
