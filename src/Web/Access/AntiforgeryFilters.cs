using Microsoft.AspNetCore.Antiforgery;

namespace Rag.Web.Access;

/// <summary>Antiforgery for scripts: the token comes in the header <see cref="Header"/>, so no body is read to find it.</summary>
internal sealed class AntiforgeryHeaderFilter(IAntiforgery antiforgery) : IEndpointFilter
{
    public const string Header = "X-Docent-Antiforgery";

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var request = context.HttpContext.Request;
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        {
            return await next(context);
        }

        return request.Headers[Header].Count == 1 && await antiforgery.IsRequestValidAsync(context.HttpContext)
            ? await next(context)
            : TypedResults.Problem(
                "This page is out of date. Load it again and repeat the last step.", statusCode: StatusCodes.Status400BadRequest, title: "No valid antiforgery token");
    }
}

/// <summary>Antiforgery for plain HTML forms, whose token is a hidden field.</summary>
internal sealed class AntiforgeryFormFilter(IAntiforgery antiforgery) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        await antiforgery.IsRequestValidAsync(context.HttpContext) ? await next(context) : TypedResults.BadRequest();
}
