using System.Globalization;
using MimeKit;
using Rag.Ingestion.Extraction.Flow;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Extraction.Mail;

/// <summary>A mail: subject, who to whom and when, its text (see <see cref="MailBody"/>), mails passed on inside it. Attachments are named, not read.</summary>
internal static class MailReader
{
    private const int MostAddresses = 30;
    private const int MostAttachments = 100;
    private const int LongestSubject = 1_000;

    /// <summary>Bytes; mail servers stop at a tenth of it.</summary>
    private const int LongestHeader = 1024 * 1024;

    public static FlowDocument Read(byte[] file)
    {
        RefuseHugeHeader(file);
        using MimeMessage mail = Load(file);
        if (mail.Headers.Count == 0 || (mail.From.Count == 0 && mail.To.Count == 0 && mail.Subject is null))
        {
            throw new RefusedFileException(RefusalReason.WrongType);
        }

        var builder = new FlowBuilder();
        string subject = Head(builder, mail, 1);
        new MailBody(builder, (inner, depth) => Head(builder, inner, depth)).Write(mail);
        List<string> attachments = [.. mail.Attachments.Where(part => part is not MessagePart).Take(MostAttachments).Select(part => FlowText.Fold(part.ContentDisposition?.FileName ?? part.ContentType.Name ?? "")).Where(name => name.Length > 0)];
        if (attachments.Count > 0)
        {
            Line(builder, "Attachments, not read", string.Join(", ", attachments));
        }

        IReadOnlyList<FlowBlock> blocks = builder.Blocks;
        return new FlowDocument(subject, FlowPaginator.BySection(blocks, builder.HiddenAtEnd));
    }

    /// <summary>Subject, people and date.</summary>
    private static string Head(FlowBuilder builder, MimeMessage mail, int level)
    {
        string subject = FlowText.Fold(mail.Subject ?? "");
        if (subject.Length > 0)
        {
            builder.BeginHeading(level);
            builder.Append(FlowText.Head(subject, LongestSubject));
            builder.Close();
        }

        Field(builder, "From", mail.From);
        Field(builder, "To", mail.To);
        Field(builder, "Cc", mail.Cc);
        if (mail.Headers.Contains(HeaderId.Date))
        {
            Line(builder, "Date", mail.Date.ToString("d MMMM yyyy, HH:mm zzz", CultureInfo.InvariantCulture));
        }

        return subject;
    }

    /// <summary>A header of megabytes takes its parser many seconds; no server passes one on.</summary>
    private static void RefuseHugeHeader(ReadOnlySpan<byte> file)
    {
        int header = 0;   // where the present one begins
        for (int line = 0; line < file.Length;)
        {
            if (file[line] is (byte)'\r' or (byte)'\n')
            {
                return;
            }

            header = file[line] is (byte)' ' or (byte)'\t' ? header : line;   // folded
            int feed = file[line..].IndexOf((byte)'\n');
            line = feed < 0 ? file.Length : line + feed + 1;
            if (line - header > LongestHeader)
            {
                throw new RefusedFileException(RefusalReason.TooLarge);
            }
        }
    }

    private static MimeMessage Load(byte[] file)
    {
        var options = ParserOptions.Default.Clone();
        options.MaxMimeDepth = MailBody.DeepestNesting;
        using var stream = new MemoryStream(file, writable: false);
        try
        {
            return MimeMessage.Load(options, stream);
        }
        catch (FormatException)
        {
            throw new RefusedFileException(RefusalReason.WrongType);   // no headers at its beginning
        }
    }

    private static void Field(FlowBuilder builder, string name, InternetAddressList addresses)
    {
        if (addresses.Count > 0)
        {
            Line(builder, name, string.Join(", ", addresses.Take(MostAddresses).Select(address => address.ToString(encode: false))) + (addresses.Count > MostAddresses ? ", …" : ""));
        }
    }

    private static void Line(FlowBuilder builder, string name, string value)
    {
        builder.BeginParagraph();
        builder.Append($"{name}: {value}");
        builder.Close();
    }
}
