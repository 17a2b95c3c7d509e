using Microsoft.Extensions.DependencyInjection;

namespace Ddpm.Hosting;

/// <summary>A name that a service was registered by.</summary>
internal sealed record DiffusionRegistration(string Name)
{
    internal DiffusionService In(IServiceProvider services) => (DiffusionService)services.GetRequiredKeyedService<IDiffusionService>(Name);
}
