using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Ddpm.Samples.WebStudio;

/// <summary>What there is, and how it is.</summary>
internal static class StateEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/models", Models);
        routes.MapGet("/api/queue", Queue);
        routes.MapHealthChecks("/health", new HealthCheckOptions { ResponseWriter = Health });
    }

    private static Task Models(HttpContext context)
    {
        var options = context.RequestServices.GetRequiredService<StudioOptions>();
        var models = context.RequestServices.GetRequiredService<StudioModels>().All.Select(model => new ModelEntry(
            model.Name, model.Info.Image.Channels, model.Info.Image.Height, model.Info.Image.Width, model.Info.Steps, model.OwnSteps,
            model.Info.Classes, model.Info.ClassNames, model.Info.TakesGuidance, model.Info.Device, model.Samplers));
        var limits = new LimitsEntry(
            options.MostImages, options.MostSteps, options.MostUploadBytes, StudioOptions.MostPixels, Wish.LargestSeed,
            Math.Min(InpaintEndpoint.MostSteps, options.MostSteps), InpaintEndpoint.MostResamplings);
        return Answers.WriteAsync(context, new ModelsAnswer([.. models], limits), StudioJson.Default.ModelsAnswer);
    }

    private static Task Queue(HttpContext context) => Answers.WriteAsync(
        context,
        context.RequestServices.GetRequiredService<StudioModels>().All.Select(model =>
        {
            var queue = model.Service.Queue;
            return new QueueEntry(model.Name, queue.Waiting, queue.Limit, queue.Running, queue.OldestWait.TotalSeconds, queue.Delay.TotalSeconds);
        }).ToArray(),
        StudioJson.Default.QueueEntryArray);

    private static Task Health(HttpContext context, HealthReport report) => Answers.WriteAsync(
        context,
        new HealthAnswer($"{report.Status}", [.. report.Entries.Select(each =>
            new HealthEntry(each.Key, $"{each.Value.Status}", each.Value.Description))]),
        StudioJson.Default.HealthAnswer);
}
