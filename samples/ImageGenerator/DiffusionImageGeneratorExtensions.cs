using Ddpm.Hosting;
using Microsoft.Extensions.AI;

namespace Ddpm.Samples;

/// <summary>Models as image generators.</summary>
public static class DiffusionImageGeneratorExtensions
{
    /// <summary>A model of this program alone; it stays the caller's. Calls take their turns.</summary>
    /// <param name="diffusion">The model.</param>
    /// <param name="name">What the generator's metadata call it.</param>
    public static IImageGenerator AsImageGenerator(this Diffusion diffusion, string? name = null) =>
        new DiffusionImageGenerator(new OwnModel(diffusion), name);

    /// <summary>A model that an application shares: its queue and limits hold, and requests of one kind go together.</summary>
    /// <param name="service">The model.</param>
    public static IImageGenerator AsImageGenerator(this IDiffusionService service)
    {
        ArgumentNullException.ThrowIfNull(service);
        return new DiffusionImageGenerator(new SharedModel(service), service.Name);
    }
}
