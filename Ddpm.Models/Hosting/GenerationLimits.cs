namespace Ddpm.Hosting;

/// <summary>What of a request can be checked without the model.</summary>
internal static class GenerationLimits
{
    /// <exception cref="ArgumentException">The request is beyond the service's limits, or does not agree with itself.</exception>
    internal static void Check(GenerationRequest request, DiffusionServiceOptions options)
    {
        if (request.Count < 1 || request.Count > options.MostImages)
            throw new ArgumentOutOfRangeException(
                nameof(request), request.Count, $"A request must be for 1 to {options.MostImages} images, but is for {request.Count}.");
        if (request.Steps is { } steps && (steps < 1 || steps > options.MostSteps))
            throw new ArgumentOutOfRangeException(
                nameof(request), steps, $"A request must be for 1 to {options.MostSteps} steps, but is for {steps}.");
        if (request.Labels is { } labels && labels.Count != request.Count)
            throw new ArgumentException(
                $"Each image must have a label, but there are {request.Count} images and {labels.Count} labels.", nameof(request));
        if (request.Guidance is { } scale && !double.IsFinite(scale))
            throw new ArgumentException($"The scale of guidance must be finite, but is {scale}.", nameof(request));
    }
}
