using Ddpm.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers diffusion models as services of an application.</summary>
public static class DiffusionServiceCollectionExtensions
{
    /// <summary>
    /// Registers a model as <see cref="IDiffusionService"/>. The application loads it when it starts, and does not start without it; in a container
    /// without a host it is loaded by the first request.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">The settings.</param>
    /// <exception cref="ArgumentException">A model without a name is registered already.</exception>
    public static IServiceCollection AddDiffusion(this IServiceCollection services, Action<DiffusionServiceOptions> configure) =>
        AddDiffusion(services, Options.Options.DefaultName, configure);

    /// <summary>
    /// Registers a model by name, for one of several: a keyed service, as <c>[FromKeyedServices("faces")] IDiffusionService faces</c> asks for it.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="name">The name; upper and lower case matter.</param>
    /// <param name="configure">The settings.</param>
    /// <exception cref="ArgumentException">A model of this name is registered already.</exception>
    public static IServiceCollection AddDiffusion(this IServiceCollection services, string name, Action<DiffusionServiceOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        Register(services, name).Configure(configure);
        return services;
    }

    /// <summary>
    /// Registers a model whose settings are in the configuration: <c>AddDiffusion(builder.Configuration.GetSection("Diffusion"))</c>.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configuration">The section with the settings, by the names of <see cref="DiffusionServiceOptions"/>.</param>
    /// <exception cref="ArgumentException">A model without a name is registered already.</exception>
    public static IServiceCollection AddDiffusion(this IServiceCollection services, IConfiguration configuration) =>
        AddDiffusion(services, Options.Options.DefaultName, configuration);

    /// <summary>Registers a model by name whose settings are in the configuration.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="name">The name; upper and lower case matter.</param>
    /// <param name="configuration">The section with the settings, by the names of <see cref="DiffusionServiceOptions"/>.</param>
    /// <exception cref="ArgumentException">A model of this name is registered already.</exception>
    public static IServiceCollection AddDiffusion(this IServiceCollection services, string name, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        Register(services, name).Configure(options => DiffusionServiceSettings.Read(configuration, options));
        return services;
    }

    private static OptionsBuilder<DiffusionServiceOptions> Register(IServiceCollection services, string name)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(name);
        var registration = new DiffusionRegistration(name);
        if (services.Any(each => registration.Equals(each.ImplementationInstance)))
            throw new ArgumentException(
                $"Each model must have a name of its own, but {(name == "" ? "two have none" : $"there are two '{name}'")}.", nameof(name));
        services.AddSingleton(registration);
        services.TryAddSingleton<DeviceWorkers>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DiffusionServiceOptions>, DiffusionServiceRules>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, DiffusionHost>());
        services.AddKeyedSingleton<IDiffusionService>(name, (provider, _) => Make(provider, name));
        if (name == Options.Options.DefaultName)
            services.AddSingleton(provider => provider.GetRequiredKeyedService<IDiffusionService>(name));
        return services.AddOptions<DiffusionServiceOptions>(name).ValidateOnStart();
    }

    private static DiffusionService Make(IServiceProvider provider, string name)
    {
        var options = provider.GetRequiredService<IOptionsMonitor<DiffusionServiceOptions>>().Get(name);
        var logger = provider.GetService<ILogger<IDiffusionService>>() ?? NullLogger<IDiffusionService>.Instance;
        return new DiffusionService(name, options, provider.GetRequiredService<DeviceWorkers>().Of(options.Device), provider, logger);
    }
}
