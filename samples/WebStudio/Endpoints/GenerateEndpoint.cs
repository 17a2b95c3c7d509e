using Ddpm.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Ddpm.Samples.WebStudio;

/// <summary>Images from noise, as they become.</summary>
internal static class GenerateEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/api/generate", Answer).IsLimited();

    private static async Task Answer(HttpContext context)
    {
        var options = context.RequestServices.GetRequiredService<StudioOptions>();
        var body = await JsonBody.ReadAsync(context, StudioJson.Default.GenerateBody, StudioOptions.MostBytes).ConfigureAwait(false);
        var wish = new Wish(body, context.RequestServices.GetRequiredService<StudioModels>(), options);
        var count = Wish.Within("count", body.Count ?? 1, 1, options.MostImages);
        var request = new GenerationRequest
        {
            Count = count,
            Seed = wish.Seed,
            Labels = wish.Labels(count),
            Guidance = wish.Guidance,
            Sampler = wish.Sampler,
            Steps = wish.Steps,
        };
        await EventAnswer.WriteAsync(context, wish.Model, async (answer, stop) =>
        {
            GeneratedImages? result = null;
            await foreach (var frame in wish.Model.Service.StreamAsync(request, stop).ConfigureAwait(false))
            {
                answer.Tell("frame", () => new FrameEvent(
                    frame.Step, frame.Steps, frame.T, Pngs.Of(frame.Noisy), Pngs.Of(frame.Estimates)), StudioJson.Default.FrameEvent);
                result = frame.Result;
            }
            return new FinalEvent(result!.Seed, Pngs.Of(result.ToPictures()));
        }).ConfigureAwait(false);
    }
}
