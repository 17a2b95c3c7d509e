namespace Ddpm.Hosting;

/// <summary>
/// The settings of a service, in code or from configuration, where each has its name; all but <see cref="Create"/>. All faults are reported at once,
/// when the application starts.
/// </summary>
public sealed class DiffusionServiceOptions
{
    /// <summary>
    /// The model: what <see cref="Diffusion.Save"/> wrote, a diffusers pipeline's folder, or a file of weights that says all it needs. Required,
    /// unless <see cref="Create"/> is given.
    /// </summary>
    public string? Model { get; set; }

    /// <summary>Makes the model, in place of <see cref="Model"/>, on the device's thread. The service disposes what it makes.</summary>
    public Func<IServiceProvider, Diffusion>? Create { get; set; }

    /// <summary>A sampler by name (<see cref="Samplers.NamedSamplers"/>) for requests that name none; null by default: the model's own.</summary>
    public string? Sampler { get; set; }

    /// <summary>The steps of <see cref="Sampler"/>, or of the model's own; null by default: as many as the sampler usually takes.</summary>
    public int? Steps { get; set; }

    /// <summary>
    /// Where to compute: "cpu" by default, "cuda", "cuda:1", "mps". Models on one device share its thread, and so do not compute at the same time.
    /// With <see cref="Create"/> it is only the name of the thread to use.
    /// </summary>
    public string Device { get; set; } = "cpu";

    /// <summary>
    /// At most so many images go through the network together, ≥ 1; kernels are chosen for that number
    /// (<see cref="InferenceBackend.FixedBatch"/>). 8 by default: a CPU is as fast with it as with more.
    /// </summary>
    public int BatchSize { get; set; } = 8;

    /// <summary>At most so many images wait; who asks for more is refused at once. 64 by default.</summary>
    public int QueueLimit { get; set; } = 64;

    /// <summary>A request may ask for so many images, at most <see cref="QueueLimit"/>. 16 by default.</summary>
    public int MostImages { get; set; } = 16;

    /// <summary>A request may ask for so many steps, ≥ 1. 1,000 by default.</summary>
    public int MostSteps { get; set; } = 1000;

    /// <summary>
    /// A step that takes longer than this, or a piece of other work (<see cref="IDiffusionService.RunAsync"/>), makes the health check say that the
    /// service is stuck; above 0. 2 minutes by default.
    /// </summary>
    public TimeSpan StuckAfter { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// How long the end of the application lets requests that came before finish, from 0 on; then they are refused. The host has a limit of its own,
    /// 30 seconds by default. 20 seconds by default.
    /// </summary>
    public TimeSpan FinishWithin { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>What of the configuration could not be read, a sentence each.</summary>
    internal List<string> Unread { get; } = [];
}
