using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Rag.Inference.Serving;

/// <summary>The reasons of this library as OpenAI's errors.</summary>
internal static class ServerErrors
{
    public static IResult Result(InferenceException failure, HttpResponse response)
    {
        if (failure.Reason == InferenceFailure.Busy)
        {
            response.Headers.RetryAfter = "2";
        }

        var (status, code) = Code(failure);
        return Result(status, code, failure.Message);
    }

    public static IResult Result(int status, string code, string message) => Results.Text(Body(code, message).ToJsonString(), "application/json", statusCode: status);

    /// <summary>The same as an event within a stream.</summary>
    public static JsonObject Body(InferenceException failure) => Body(Code(failure).Code, failure.Message);

    private static JsonObject Body(string code, string message) =>
        new() { ["error"] = new JsonObject { ["message"] = message, ["type"] = code, ["code"] = code } };

    private static (int Status, string Code) Code(InferenceException failure) => failure.Reason switch
    {
        InferenceFailure.Busy => (StatusCodes.Status429TooManyRequests, "busy"),
        InferenceFailure.PromptTooLong => (StatusCodes.Status400BadRequest, "context_length_exceeded"),
        InferenceFailure.InvalidOption => (StatusCodes.Status400BadRequest, "invalid_request"),
        InferenceFailure.Unavailable => (StatusCodes.Status500InternalServerError, "model_unavailable"),
        _ => (StatusCodes.Status500InternalServerError, "failed"),
    };
}
