using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Samples.WebStudio;

/// <summary>A picture whose painted part is made anew.</summary>
internal static class InpaintEndpoint
{
    /// <summary>Steps times resamplings are evaluations of the network.</summary>
    public const int MostSteps = 250, MostResamplings = 10;

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/api/inpaint", Answer).IsLimited();

    private static async Task Answer(HttpContext context)
    {
        var hole = await ReadAsync(context).ConfigureAwait(false);
        var (wish, shape) = (hole.Wish, hole.Picture.Shape);
        await EventAnswer.WriteAsync(context, wish.Model, async (answer, stop) =>
        {
            var progress = new Told<SamplingProgress>(told =>
                answer.Tell("progress", () => new ProgressEvent(told.Step, told.Steps), StudioJson.Default.ProgressEvent));
            var filled = await wish.Model.Service.RunAsync((diffusion, end) =>
            {
                using var scope = NewDisposeScope();
                var known = tensor(hole.Mask).eq(0).view(1, 1, shape.Height, shape.Width);
                var sampling = wish.ToSampling(1) with { Seed = wish.Seed };
                return Picture.FromTensor(diffusion.Inpaint(hole.Picture.ToTensor(), known, hole.Options, sampling, progress, end));
            }, stop).ConfigureAwait(false);
            return new FinalEvent(wish.Seed, Pngs.Of([filled]));
        }).ConfigureAwait(false);
    }

    private static async Task<Hole> ReadAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var (options, uploads) = (services.GetRequiredService<StudioOptions>(), services.GetRequiredService<UploadReader>());
        using var place = uploads.Enter(context);
        var body = await JsonBody.ReadAsync(context, StudioJson.Default.InpaintBody, options.MostUploadBytes).ConfigureAwait(false);
        var wish = new Wish(body, services.GetRequiredService<StudioModels>(), options);
        var usual = new InpaintingOptions();
        var inpainting = usual with { Resamplings = Wish.Within("resamplings", body.Resamplings ?? usual.Resamplings, 1, MostResamplings) };
        if (body.Steps is { } steps)
            Wish.Within("steps", steps, 1, Math.Min(MostSteps, options.MostSteps));
        else if (wish.Model.Samplers.FirstOrDefault(each => each.Name == wish.Sampler) is { Steps: > MostSteps } slow)
            throw RefusedException.Of("steps", $"a whole number in 1..{MostSteps}", $"{slow.Steps}, as {slow.Name} usually takes");
        var shape = wish.Model.Info.Image;
        var mask = Mask(body.Mask, shape);
        return new Hole(wish, await uploads.ReadAsync(body.Image, shape, context.RequestAborted).ConfigureAwait(false), mask, inpainting);
    }

    private static byte[] Mask(byte[]? mask, ImageShape shape)
    {
        var pixels = shape.Height * shape.Width;
        if (mask?.Length != pixels || mask.AsSpan().ContainsAnyExceptInRange((byte)0, (byte)1))
            throw RefusedException.Of(
                "mask", $"{shape.Height} rows of {shape.Width} bytes of 0 or 1",
                mask is null ? "not there" : mask.Length != pixels ? $"{mask.Length} bytes" : $"with a {mask.First(value => value > 1)}");
        return mask.AsSpan().Contains((byte)1)
            ? mask
            : throw RefusedException.Of("mask", "1 somewhere, where the picture is to be filled", "0 everywhere");
    }
}
