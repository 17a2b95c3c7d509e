using Ddpm.Hosting;

namespace Ddpm.Samples;

/// <summary>A model that an application shares.</summary>
internal sealed class SharedModel(IDiffusionService service) : IModel
{
    /// <inheritdoc/>
    public object Inner => service;

    /// <inheritdoc/>
    public Task<DiffusionModelInfo> DescribeAsync(CancellationToken cancellationToken) => service.GetModelAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Picture>> DrawAsync(GenerationRequest request, CancellationToken cancellationToken) =>
        (await service.GenerateAsync(request, cancellationToken).ConfigureAwait(false)).ToPictures();

    /// <inheritdoc/>
    public Task<IReadOnlyList<Picture>> EditAsync(
        GenerationRequest request, Picture original, double strength, CancellationToken cancellationToken) =>
        service.RunAsync((diffusion, token) => Drawing.Edit(diffusion, request, original, strength, token), cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
