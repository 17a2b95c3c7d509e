using Microsoft.Extensions.Logging;

namespace Ddpm.Hosting;

/// <summary>What services write to the log.</summary>
internal static partial class DiffusionLog
{
    [LoggerMessage(1, LogLevel.Information, "Diffusion '{Model}' is loaded: images of {Image}, on {Device}, in {Seconds:F1} s.")]
    internal static partial void Loaded(this ILogger logger, string model, ImageShape image, string device, double seconds);

    [LoggerMessage(2, LogLevel.Warning, "Diffusion '{Model}': {Warning}")]
    internal static partial void Odd(this ILogger logger, string model, string warning);

    [LoggerMessage(3, LogLevel.Warning, "Diffusion '{Model}' refused {Images} images: {Waiting} of at most {Limit} wait.")]
    internal static partial void Refused(this ILogger logger, string model, int images, int waiting, int limit);

    [LoggerMessage(4, LogLevel.Error, "Diffusion '{Model}' failed to make {Images} images.")]
    internal static partial void Failed(this ILogger logger, Exception fault, string model, int images);

    [LoggerMessage(5, LogLevel.Debug, "Diffusion '{Model}' made {Images} images of {Requests} requests in {Seconds:F2} s.")]
    internal static partial void Made(this ILogger logger, string model, int images, int requests, double seconds);

    [LoggerMessage(6, LogLevel.Information, "Diffusion '{Model}' takes no more requests; {Pending} are to be finished.")]
    internal static partial void Stopping(this ILogger logger, string model, int pending);

    [LoggerMessage(7, LogLevel.Warning, "Diffusion '{Model}' ends with {Pending} requests unfinished, which are refused.")]
    internal static partial void CutOff(this ILogger logger, string model, int pending);
}
