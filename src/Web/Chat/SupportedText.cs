using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Search;

namespace Rag.Web.Chat;

/// <summary>
/// Publishes a growing text sentence by sentence, each only when it is complete and a passage supports it: for guests of an assistant whose
/// owner lets nothing else out.
/// </summary>
internal sealed class SupportedText(CitationAligner aligner, KnowledgeScope scope, SearchResult found, AnswerStream stream)
{
    private int decided;   // UTF-16 characters of the text
    private bool shown;

    /// <param name="text">All of it so far; it only grows.</param>
    public async Task OfferAsync(string text)
    {
        var (start, rest) = (decided, text[decided..]);

        // The last one may go on: "U.S." looks like an end until the next word comes.
        foreach (var span in MarkdownSentences.Split(rest).SkipLast(1))
        {
            var sentence = rest.Substring(span.Start, span.Length);
            if (await aligner.IsSupportedAsync(scope, sentence, found, stream.Cancellation))
            {
                stream.Publish(new AnswerPart.TextDelta((text.AsSpan(decided, start + span.Start - decided).Contains('\n') ? "\n" : shown ? " " : "") + sentence));
                shown = true;
            }

            decided = start + span.Start + span.Length;
        }
    }
}
