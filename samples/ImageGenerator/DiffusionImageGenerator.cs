using Ddpm.Hosting;
using Microsoft.Extensions.AI;

namespace Ddpm.Samples;

/// <summary>
/// A diffusion model behind the interface that chat programs of .NET know image generators by. The prompt is a class, by its name or number. An
/// original image makes it image to image (SDEdit). <see cref="GeneratorOptions"/> says which options count.
/// </summary>
internal sealed class DiffusionImageGenerator(IModel model, string? name) : IImageGenerator
{
    private readonly ImageGeneratorMetadata metadata = new("ddpm", providerUri: null, name);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The prompt is no class of the model, an option is out of range or not known, or an original image cannot
    /// be read; the message says which.</exception>
    public async Task<ImageGenerationResponse> GenerateAsync(
        ImageGenerationRequest request, ImageGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var wish = GeneratorOptions.Of(options);
        var info = await model.DescribeAsync(cancellationToken).ConfigureAwait(false);
        var label = PromptClass.Of(request.Prompt, info);
        var wanted = wish.Request with { Labels = label is { } one ? [.. Enumerable.Repeat(one, wish.Request.Count)] : null };
        var pictures = OriginalImage.Of(request) is { } original
            ? await model.EditAsync(wanted, original, wish.Strength, cancellationToken).ConfigureAwait(false)
            : await model.DrawAsync(wanted, cancellationToken).ConfigureAwait(false);
        return new ImageGenerationResponse([.. pictures.Select(AIContent (picture) => new DataContent(wish.Sized(picture).EncodePng(), "image/png"))])
        {
            RawRepresentation = pictures,
        };
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null : ((object[])[this, metadata, model.Inner]).FirstOrDefault(serviceType.IsInstanceOfType);
    }

    /// <summary>The model stays who made it.</summary>
    public void Dispose() => model.Dispose();
}
