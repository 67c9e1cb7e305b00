using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace Rag.Web.Chat;

/// <summary>
/// Renders the safe tree of a model's words: sentences without support are greyed, supported ones carry the chip of their citation. It
/// emits elements of the allow-list and text, never HTML.
/// </summary>
public sealed class SafeText : ComponentBase
{
    private IReadOnlyList<SafeNode> nodes = [];
    private string? parsedText;
    private IReadOnlyList<CheckedSentence>? parsedSentences;

    [Parameter, EditorRequired]
    public string Markdown { get; set; } = "";

    /// <summary>Null while the words are not checked: then nothing is greyed and nothing cited.</summary>
    [Parameter]
    public IReadOnlyList<CheckedSentence>? Sentences { get; set; }

    /// <summary>The label of a citation's chip for screen readers.</summary>
    [Parameter, EditorRequired]
    public Func<int, string> Label { get; set; } = number => $"Source {number}";

    [Parameter]
    public EventCallback<int> OnOpen { get; set; }

    protected override void OnParametersSet()
    {
        if (parsedText != Markdown || !ReferenceEquals(parsedSentences, Sentences))
        {
            (parsedText, parsedSentences) = (Markdown, Sentences);
            nodes = SafeMarkdown.Parse(Markdown, Sentences);
        }
    }

    protected override void BuildRenderTree(RenderTreeBuilder builder) => Render(builder, nodes);

    private void Render(RenderTreeBuilder builder, IReadOnlyList<SafeNode> children)
    {
        foreach (var child in children)
        {
            builder.OpenRegion(0);
            switch (child)
            {
                case SafeNode.Text text:
                    builder.AddContent(0, text.Value);
                    break;
                case SafeNode.Element element when SafeMarkdown.Elements.Contains(element.Name):
                    RenderElement(builder, element);
                    break;
                case SafeNode.Sentence sentence:
                    RenderSentence(builder, sentence);
                    break;
            }

            builder.CloseRegion();
        }
    }

    private void RenderElement(RenderTreeBuilder builder, SafeNode.Element element)
    {
        builder.OpenElement(0, element.Name);
        if (element.Href is { } href)
        {
            builder.AddAttribute(1, "href", href);
            builder.AddAttribute(2, "target", "_blank");
            builder.AddAttribute(3, "rel", "noopener noreferrer nofollow");
        }

        Render(builder, element.Children);
        builder.CloseElement();
    }

    private void RenderSentence(RenderTreeBuilder builder, SafeNode.Sentence sentence)
    {
        var citation = Sentences?[sentence.Index].Citation;
        builder.OpenElement(0, "span");
        builder.AddAttribute(1, "class", citation is null ? "unsupported" : "supported");
        if (citation is null)
        {
            builder.AddAttribute(2, "title", "No passage of the files supports this sentence.");
        }

        builder.AddContent(3, sentence.Value);
        builder.CloseElement();
        if (!sentence.Last)
        {
            return;
        }

        if (citation is { } number)
        {
            builder.OpenElement(4, "button");
            builder.AddAttribute(5, "type", "button");
            builder.AddAttribute(6, "class", "chip");
            builder.AddAttribute(7, "aria-label", Label(number));
            builder.AddAttribute(8, "title", Label(number));
            builder.AddAttribute(9, "onclick", EventCallback.Factory.Create(this, () => OnOpen.InvokeAsync(number)));
            builder.AddContent(10, number.ToString(CultureInfo.InvariantCulture));
            builder.CloseElement();
        }
        else
        {
            builder.OpenElement(11, "span");
            builder.AddAttribute(12, "class", "only-reader");
            builder.AddContent(13, " (not supported by the files)");
            builder.CloseElement();
        }
    }
}
