using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core;

/// <summary>
/// What guided-diffusion was recorded with, T = 30: the network [0.8 sin(x) t/(t+1) + 0.2 x], with 0.5 cos(x) for a range of variance, or -4 + 0.5
/// cos(x) for its logarithm.
/// </summary>
internal static class GuidedRecordings
{
    internal static readonly DiffusionPath Cosine = new(new CosineSchedule(30));

    // Its linear schedule scales with 1000/T.
    internal static readonly GaussianDiffusion LinearProcess = new(new LinearSchedule(30, 0.1 / 30, 20.0 / 30));

    internal static DiffusionPath Linear => LinearProcess.Path;

    internal static FormulaDenoiser Network(AncestralVariance variance) => new((x, t) =>
    {
        var mean = 0.8 * x.sin() * (t / (t + 1)) + 0.2 * x;
        return variance switch
        {
            AncestralVariance.LearnedRange => cat([mean, 0.5 * x.cos()], 1),
            AncestralVariance.LearnedLogarithm => cat([mean, -4 + 0.5 * x.cos()], 1),
            _ => mean,
        };
    });

    /// <summary>The recordings' name of a variance.</summary>
    internal static string Name(AncestralVariance variance) => variance switch
    {
        AncestralVariance.FixedSmall => "fixed_small",
        AncestralVariance.FixedLarge => "fixed_large",
        AncestralVariance.LearnedRange => "learned_range",
        _ => "learned",
    };

    internal static Tensor Read(string name)
    {
        using var file = SafetensorsFile.Open(Shared.Golden("likelihood/likelihood.safetensors"));
        return file.Read(name);
    }
}
