using Ddpm.Hosting;

namespace Ddpm.Samples;

/// <summary>A model of this program alone. It draws for one caller at a time.</summary>
internal sealed class OwnModel(Diffusion diffusion) : IModel
{
    private readonly SemaphoreSlim turn = new(1);

    /// <inheritdoc/>
    public object Inner { get; } = diffusion ?? throw new ArgumentNullException(nameof(diffusion));

    /// <inheritdoc/>
    public Task<DiffusionModelInfo> DescribeAsync(CancellationToken cancellationToken) =>
        Task.FromResult(DiffusionModelInfo.Of(diffusion));

    /// <inheritdoc/>
    public Task<IReadOnlyList<Picture>> DrawAsync(GenerationRequest request, CancellationToken cancellationToken) =>
        InTurn(() => Drawing.Draw(diffusion, request, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Picture>> EditAsync(
        GenerationRequest request, Picture original, double strength, CancellationToken cancellationToken) =>
        InTurn(() => Drawing.Edit(diffusion, request, original, strength, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => turn.Dispose();

    private async Task<IReadOnlyList<Picture>> InTurn(Func<IReadOnlyList<Picture>> work, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(work, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            turn.Release();
        }
    }
}
