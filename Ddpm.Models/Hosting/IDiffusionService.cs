namespace Ddpm.Hosting;

/// <summary>
/// A diffusion model that a whole application shares: any number of callers may ask at once, from any thread. A thread of the model's device does the
/// work. It takes requests in the order of their coming, and those of one kind together, up to the batch size. The images of a request have the same
/// bits as if it had come alone. Registered by <c>services.AddDiffusion(…)</c>.
/// </summary>
public interface IDiffusionService
{
    /// <summary>The name that the model was registered by; empty for the one without a name.</summary>
    string Name { get; }

    /// <summary>How busy the service is.</summary>
    DiffusionQueue Queue { get; }

    /// <summary>What the model makes, read from it when it is first needed.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="DiffusionUnavailableException">The service has ended.</exception>
    /// <exception cref="IOException">The model could not be read.</exception>
    Task<DiffusionModelInfo> GetModelAsync(CancellationToken cancellationToken = default);

    /// <summary>Draws images from noise.</summary>
    /// <param name="request">Which images.</param>
    /// <param name="cancellationToken">Takes the request out of the queue, or ends it at the next step.</param>
    /// <exception cref="ArgumentException">The request does not fit the model, or is beyond the service's limits.</exception>
    /// <exception cref="DiffusionUnavailableException">The queue is full, or the service has ended or is about to.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    Task<GeneratedImages> GenerateAsync(GenerationRequest request, CancellationToken cancellationToken = default);

    /// <summary>
    /// Draws images from noise and tells of every step. A reader who is slower than the sampler misses frames, never the last one, which has the
    /// images. Who stops reading early, by <c>break</c> or by the token, ends the request.
    /// </summary>
    /// <inheritdoc cref="GenerateAsync"/>
    IAsyncEnumerable<GenerationFrame> StreamAsync(GenerationRequest request, CancellationToken cancellationToken = default);

    /// <summary>
    /// Does anything else with the model, in its turn and alone: inpainting, interpolation, image to image. The work runs on the device's thread,
    /// which then does nothing else, so that it must look at its token, which the model's own methods do.
    /// </summary>
    /// <typeparam name="T">What comes of it; no tensor, unless the work has made it the caller's.</typeparam>
    /// <param name="work">Gets the model and the token.</param>
    /// <param name="cancellationToken">Takes the work out of the queue, or is handed to it.</param>
    /// <exception cref="DiffusionUnavailableException">The queue is full, or the service has ended or is about to.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    Task<T> RunAsync<T>(Func<Diffusion, CancellationToken, T> work, CancellationToken cancellationToken = default);
}
