using System.Text;
using AngleSharp.Dom;
using MimeKit;
using MimeKit.Text;
using Rag.Ingestion.Extraction.Flow;
using Rag.Ingestion.Extraction.Markup;

namespace Rag.Ingestion.Extraction.Mail;

/// <summary>
/// The text of a mail, part by part: some programs cut it at each picture. Of several forms of the same text the plain one, unless it only says that
/// there is another. Mails inside the mail follow with their own head.
/// </summary>
/// <param name="head">Writes subject, people and date of an inner mail as a section of a level.</param>
internal sealed class MailBody(FlowBuilder builder, Action<MimeMessage, int> head)
{
    /// <summary>Parts in parts, mails inside included.</summary>
    public const int DeepestNesting = 24;

    /// <summary>A plain text that is shorter than this share of the other form says less than it.</summary>
    private const double Stub = 0.25;

    private int mails = 1;

    public void Write(MimeMessage mail) => Write(mail.Body, 0);

    private void Write(MimeEntity? part, int depth)
    {
        if (depth > DeepestNesting)
        {
            return;
        }

        switch (part)
        {
            case Multipart { Count: 0 } empty:
                Plain(empty.Preamble ?? "");   // it promises parts and has none, for want of a boundary: what stands there is its text
                break;
            case MultipartAlternative alternative:
                Write(Choose(alternative), depth + 1);
                break;
            case MultipartRelated related:
                Write(related.Root, depth + 1);
                break;
            case Multipart parts:
                foreach (MimeEntity each in parts)
                {
                    Write(each, depth + 1);
                }

                break;
            case MessagePart { Message: { } inner }:
                head(inner, Math.Min(++mails, 6));
                Write(inner.Body, depth + 1);
                break;
            case TextPart { IsAttachment: false, IsHtml: true } html:
                Html(html.Text, builder);
                break;
            case TextPart { IsAttachment: false, IsPlain: true } plain:
                Plain(plain.IsFlowed ? new FlowedToText { DeleteSpace = plain.ContentType.Parameters.TryGetValue("delsp", out string? delete) && delete.Equals("yes", StringComparison.OrdinalIgnoreCase) }.Convert(plain.Text) : plain.Text);
                break;
        }
    }

    private static MimeEntity Choose(MultipartAlternative forms)
    {
        MimeEntity richest = forms.LastOrDefault(form => Texts(form).Any(text => text.IsHtml)) ?? forms[^1];
        TextPart? plain = forms.OfType<TextPart>().FirstOrDefault(form => form.IsPlain);
        return plain is null ? richest
            : plain.Text.Trim().Length >= Stub * Texts(richest).Where(text => text.IsHtml).Sum(text => Length(text.Text)) ? plain
            : richest;
    }

    /// <summary>Texts to be read, mails inside left out.</summary>
    private static IEnumerable<TextPart> Texts(MimeEntity part) => part switch
    {
        Multipart parts => parts.SelectMany(Texts),
        TextPart { IsAttachment: false } text => [text],
        _ => [],
    };

    /// <summary>Characters that a reader sees.</summary>
    private static int Length(string html)
    {
        var seen = new FlowBuilder();
        Html(html, seen);
        return seen.Blocks.Sum(block => block.Text.Length);
    }

    private void Plain(string text)
    {
        if (text.Trim().Length == 0)
        {
            return;
        }

        foreach (FlowPage page in TextExtractor.Read(Encoding.UTF8.GetBytes(text), FileKind.PlainText).Pages)
        {
            foreach (FlowBlock block in page.Blocks)
            {
                builder.BeginParagraph(keepLines: true);
                builder.Append(block.Text);
                builder.Close();
            }
        }
    }

    private static void Html(string text, FlowBuilder to)
    {
        using IDocument page = HtmlReader.Parse(text);
        HtmlReader.Write(page, to);
    }
}
