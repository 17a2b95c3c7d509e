using Ddpm.Denoising;
using Ddpm.Hosting;
using static TorchSharp.torch;

namespace Ddpm.Samples;

/// <summary>How a request is drawn by a model.</summary>
internal static class Drawing
{
    internal static IReadOnlyList<Picture> Draw(Diffusion diffusion, GenerationRequest request, CancellationToken cancellationToken)
    {
        using var images = diffusion.Sample(request.Count, Of(diffusion, request), cancellationToken: cancellationToken);
        return Pictures(images);
    }

    internal static IReadOnlyList<Picture> Edit(
        Diffusion diffusion, GenerationRequest request, Picture original, double strength, CancellationToken cancellationToken)
    {
        var (channels, height, width) = (diffusion.Image.Channels, diffusion.Image.Height, diffusion.Image.Width);
        using var scope = NewDisposeScope();
        var x0 = original.WithChannels(channels).Resize(width, height, ImageFit.Crop).ToTensor();
        return Pictures(diffusion.ImageToImage(
            x0.expand(request.Count, -1, -1, -1), strength, Of(diffusion, request), cancellationToken: cancellationToken));
    }

    private static SamplingOptions Of(Diffusion diffusion, GenerationRequest request) => new()
    {
        Seed = request.Seed,
        Labels = request.Labels,
        Guidance = request.Guidance is { } scale ? new Guidance(scale) : null,
        Sampler = diffusion.FindSampler(request.Sampler, request.Steps),
    };

    private static Picture[] Pictures(Tensor images) => [.. Enumerable.Range(0, (int)images.shape[0]).Select(k =>
    {
        using var image = images[k];
        return Picture.FromTensor(image);
    })];
}
