using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Ddpm.Samples.WebStudio;

/// <summary>The way from one seed's image to another's, as all of its images become.</summary>
internal static class InterpolateEndpoint
{
    private const int Usual = 5;

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/api/interpolate", Answer).IsLimited();

    private static async Task Answer(HttpContext context)
    {
        var options = context.RequestServices.GetRequiredService<StudioOptions>();
        var body = await JsonBody.ReadAsync(context, StudioJson.Default.InterpolateBody, StudioOptions.MostBytes).ConfigureAwait(false);
        var wish = new Wish(body, context.RequestServices.GetRequiredService<StudioModels>(), options);
        var second = Wish.SeedOf(body.SecondSeed, "secondSeed");
        var count = Wish.Within("count", body.Count ?? Math.Min(Usual, options.BatchSize), 2, options.BatchSize);
        await EventAnswer.WriteAsync(context, wish.Model, async (answer, stop) =>
        {
            var images = await wish.Model.Service.RunAsync((diffusion, end) => Run(diffusion, wish, second, count, answer, end), stop)
                .ConfigureAwait(false);
            return new FinalEvent(wish.Seed, Pngs.Of(images), second);
        }).ConfigureAwait(false);
    }

    private static IReadOnlyList<Picture> Run(
        Diffusion diffusion, Wish wish, ulong second, int count, EventAnswer answer, CancellationToken end)
    {
        var sampling = wish.ToSampling(count) with { Noise = new MixedNoise(wish.Seed, second, count) };
        IReadOnlyList<Picture> images = [];
        foreach (var frame in diffusion.Stream(count, sampling, end))
            using (frame)
            {
                end.ThrowIfCancellationRequested();
                var (step, steps, t) = (frame.Step + 1, frame.Steps, frame.T);
                images = Pictures(frame.X, count);
                var (noisy, estimates) = (images, Pictures(frame.X0, count));
                answer.Tell("frame", () => new FrameEvent(step, steps, t, Pngs.Of(noisy), Pngs.Of(estimates)), StudioJson.Default.FrameEvent);
            }
        return images;
    }

    private static Picture[] Pictures(TorchSharp.torch.Tensor images, int count) => [.. Enumerable.Range(0, count).Select(k =>
    {
        using var image = images.narrow(0, k, 1);
        return Picture.FromTensor(image);
    })];
}
