using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Rag.Web.Documents;

/// <summary>What is done with a request whose sender went away in the middle of its body. Nothing is wrong then, so nobody is alarmed.</summary>
internal static class BrokenOffUpload
{
    /// <summary>For exception filters around the reading of a body.</summary>
    public static bool Is(Exception failure) => failure is IOException or OperationCanceledException;

    /// <returns>Mostly read by nobody.</returns>
    public static ProblemHttpResult Answer(HttpContext context, Exception failure)
    {
        if (failure is ConnectionResetException)
        {
            context.Abort();   // else the server tries to read the rest, and logs an error when it cannot
        }

        context.RequestServices.GetRequiredService<ILogger<DocumentShelf>>().UploadBrokenOff();
        return TypedResults.Problem("The upload was interrupted. Nothing was saved; upload the file again.", statusCode: StatusCodes.Status400BadRequest);
    }
}
