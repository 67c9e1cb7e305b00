using Rag.Web.Assistants;
using Rag.Web.Chat;

namespace Rag.Web.Access;

/// <summary>On a page or endpoint with <c>{assistant}</c> in its route: what the caller must be allowed. Without it: <see cref="AssistantRight.Manage"/>.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class NeedsAssistantAttribute(AssistantRight right) : Attribute
{
    public AssistantRight Right { get; } = right;
}

/// <summary>
/// Answers 404 to every route that names an assistant or a conversation the caller may not have, before anything of it is rendered: what
/// a foreign id gets is what a missing id gets, byte for byte. The services behind the routes ask <see cref="AccessPolicy"/> again.
/// </summary>
internal sealed class AssistantGate(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context, AccessPolicy policy)
    {
        var caller = context.User.ToCaller();
        var right = context.GetEndpoint()?.Metadata.GetMetadata<NeedsAssistantAttribute>()?.Right ?? AssistantRight.Manage;
        if (RouteId(context, "assistant") is { } assistant
            && await policy.FindAssistantAsync(caller, new AssistantId(assistant), right, context.RequestAborted) is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
        else if (RouteId(context, "conversation") is { } conversation
            && await policy.FindConversationAsync(caller, new ConversationId(conversation), context.RequestAborted) is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
        else
        {
            await next(context);
        }
    }

    /// <summary>Null when the route has no such part; an unreadable one is an id that no object has.</summary>
    private static Guid? RouteId(HttpContext context, string name) => context.Request.RouteValues[name] switch
    {
        null => null,
        Guid id => id,
        var text => Guid.TryParse(text.ToString(), out var id) ? id : Guid.Empty,
    };
}
