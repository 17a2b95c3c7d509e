using Ddpm.Hosting;
using Ddpm.Samplers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Ddpm.Samples.WebStudio;

/// <summary>The models by their names, once the studio has begun.</summary>
internal sealed class StudioModels(StudioOptions options, IServiceProvider services) : IHostedService
{
    private readonly Dictionary<string, StudioModel> models = new(StringComparer.Ordinal);

    /// <summary>All of them, in the order in which they were given.</summary>
    public IReadOnlyList<StudioModel> All => [.. options.Models.Keys.Select(name => models[name])];

    /// <summary>The one that a request names; without a name, the first.</summary>
    /// <exception cref="RefusedException">There is none of that name.</exception>
    public StudioModel Of(string? name) => name is null ? All[0]
        : models.TryGetValue(name, out var model) ? model
        : throw RefusedException.Of("model", $"one of {string.Join(", ", options.Models.Keys)}", Quoted.Text(name));

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var name in options.Models.Keys)
        {
            var service = services.GetRequiredKeyedService<IDiffusionService>(name);
            var info = await service.GetModelAsync(cancellationToken).ConfigureAwait(false);
            if (info.Image.Channels is not (1 or 3))
                throw new ArgumentException($"The studio shows images of 1 or 3 channels, but those of {options.Models[name]} are {info.Image}.");
            models[name] = await service.RunAsync((diffusion, _) => Look(service, info, diffusion), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private StudioModel Look(IDiffusionService service, DiffusionModelInfo info, Diffusion diffusion)
    {
        var path = diffusion.Process.Path;
        var samplers = NamedSamplers.Names.Where(name => Fits(NamedSamplers.Create(name)))
            .Select(name => new SamplerEntry(name, StepsOf(NamedSamplers.Create(name)))).ToArray();
        return new StudioModel(service, info, diffusion.Process, diffusion.Sampler is GridSampler own ? StepsOf(own) : null, samplers)
            { Backend = InferenceBackend.FixedBatch(options.BatchSize) };

        int StepsOf(GridSampler sampler) => sampler.Spacing.Count ?? sampler.Spacing.Select(path).Count;

        bool Fits(GridSampler sampler)
        {
            try
            {
                sampler.Check(path);
                return true;
            }
            catch (ArgumentException)
            {
                return false;
            }
        }
    }
}
