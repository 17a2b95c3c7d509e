using System.CommandLine;

namespace Ddpm.Samples;

/// <summary>Which of the three families of processes a model is trained for.</summary>
internal static class ProcessFlag
{
    public const string Ddpm = "ddpm", Edm = "edm", Flow = "flow";

    public static Option<string> Make() => Flag.OneOf(
        "--process", "ddpm, EDM (Karras et al. 2022) or flow matching (straight lines).", Ddpm, Ddpm, Edm, Flow);

    /// <summary>EDM's or flow matching's process, network's part, levels and sampler; ddpm leaves the builder as it is.</summary>
    public static DiffusionBuilder WithProcess(this DiffusionBuilder builder, string process) => process switch
    {
        Edm => builder.WithEdm(),
        Flow => builder.WithFlowMatching(),
        _ => builder,
    };
}
