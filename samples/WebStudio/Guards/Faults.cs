using System.Globalization;
using Ddpm.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ddpm.Samples.WebStudio;

/// <summary>Whatever goes wrong is answered in one form: a problem (RFC 9457).</summary>
internal static partial class Faults
{
    public static async Task Answer(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context).ConfigureAwait(false);
            if (context.Response is { HasStarted: false, StatusCode: >= StatusCodes.Status400BadRequest, ContentType: null } answer)
                await WriteAsync(context, new RefusedException(answer.StatusCode, "There is no such address, or it takes no such request."))
                    .ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there any more.
        }
        catch (Exception fault) when (!context.Response.HasStarted)
        {
            await WriteAsync(context, Of(context, fault)).ConfigureAwait(false);
        }
    }

    /// <summary>What a client is told of a fault; of one that nobody foresaw, nothing but that.</summary>
    public static RefusedException Of(HttpContext context, Exception fault)
    {
        switch (fault)
        {
            case RefusedException refused:
                return refused;
            case DiffusionUnavailableException { Reason: DiffusionUnavailability.QueueFull } full:
                return new(StatusCodes.Status429TooManyRequests, full.Message) { RetryAfter = full.RetryAfter };
            case DiffusionUnavailableException ends:
                return new(StatusCodes.Status503ServiceUnavailable, ends.Message) { RetryAfter = ends.RetryAfter };
            case BadHttpRequestException bad:
                return new(bad.StatusCode, bad.Message);
            // The service's own rules, beyond those of the fields.
            case ArgumentException argument:
                return new(StatusCodes.Status400BadRequest, Fault.Line(argument));
            default:
                Unforeseen(context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Ddpm.Studio"), context.Request.Path, fault);
                return new(StatusCodes.Status500InternalServerError, "The studio failed; its log says why.");
        }
    }

    /// <summary>A fault in the words of a problem.</summary>
    public static Problem ToProblem(this RefusedException fault) => new(
        TitleOf(fault.Status), fault.Status, fault.Message, fault.Field, fault.Rule, fault.Value, Seconds(fault.RetryAfter));

    public static Task WriteAsync(HttpContext context, RefusedException fault)
    {
        context.Response.StatusCode = fault.Status;
        if (Seconds(fault.RetryAfter) is { } seconds)
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return Answers.WriteAsync(context, fault.ToProblem(), StudioJson.Default.Problem, "application/problem+json");
    }

    private static int? Seconds(TimeSpan? time) => time is { } wait ? (int)Math.Max(1, Math.Ceiling(wait.TotalSeconds)) : null;

    private static string TitleOf(int status) => status switch
    {
        StatusCodes.Status400BadRequest => "The request is not right",
        StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed => "There is nothing",
        StatusCodes.Status413PayloadTooLarge => "The request is too large",
        StatusCodes.Status429TooManyRequests => "Too much at once",
        StatusCodes.Status503ServiceUnavailable => "The studio ends",
        >= StatusCodes.Status500InternalServerError => "The studio failed",
        _ => "The request is refused",
    };

    [LoggerMessage(1, LogLevel.Error, "A request to {Path} failed.")]
    private static partial void Unforeseen(ILogger logger, string path, Exception fault);
}
