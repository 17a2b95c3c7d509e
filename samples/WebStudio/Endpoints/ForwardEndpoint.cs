using Ddpm.Noise;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Samples.WebStudio;

/// <summary>A picture at some steps of the forward process, which is a sum of the picture and noise: no network, and so no queue.</summary>
internal static class ForwardEndpoint
{
    private const int Usual = 10, Most = 24;

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/api/forward", Answer).IsLimited();

    private static async Task Answer(HttpContext context)
    {
        var services = context.RequestServices;
        var uploads = services.GetRequiredService<UploadReader>();
        using var place = uploads.Enter(context);
        var body = await JsonBody.ReadAsync(
            context, StudioJson.Default.ForwardBody, services.GetRequiredService<StudioOptions>().MostUploadBytes).ConfigureAwait(false);
        var model = services.GetRequiredService<StudioModels>().Of(body.Model);
        var seed = Wish.SeedOf(body.Seed);
        var count = Wish.Within("count", body.Count ?? Math.Min(Usual, model.Process.Steps), 2, Math.Min(Most, model.Process.Steps));
        var picture = await uploads.ReadAsync(body.Image, model.Info.Image, context.RequestAborted).ConfigureAwait(false);
        var answer = new ForwardAnswer(seed, picture.EncodePng(), Frames(model.Process, picture, seed, count));
        await Answers.WriteAsync(context, answer, StudioJson.Default.ForwardAnswer).ConfigureAwait(false);
    }

    // Eq. (4) of Ho et al. 2020: x_t = sqrt(alpha_bar_t) x_0 + sqrt(1 - alpha_bar_t) epsilon, with one epsilon for all t.
    private static IReadOnlyList<ForwardFrame> Frames(GaussianDiffusion process, Picture picture, ulong seed, int count)
    {
        using var scope = NewDisposeScope();
        var x0 = picture.ToTensor();
        var noise = new NoiseStream(new SeededNoise(seed)).DrawLike(x0);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            var t = (int)((long)i * (process.Steps - 1) / (count - 1));
            var at = process.Path.At(t);
            return new ForwardFrame(t, at.Alpha, at.Sigma, Picture.FromTensor(process.Diffuse(x0, t, noise)).EncodePng());
        })];
    }
}
