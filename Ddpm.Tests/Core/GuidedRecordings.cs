using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core;

/// <summary>
/// What guided-diffusion was recorded with: T steps, and the network [0.8 sin(x) t/(t+1) + 0.2 x], with 0.5 cos(x) for a range of variance, or -4 +
/// 0.5 cos(x) for its logarithm.
/// </summary>
internal static class GuidedRecordings
{
    internal const string IndexFile = "likelihood/likelihood.json", Tensors = "likelihood/likelihood.safetensors";

    private static readonly Lazy<GaussianDiffusion> Process = new(() => new(Schedule("linear")));

    internal static JsonElement Index => Recordings.Index(IndexFile);

    /// <summary>T.</summary>
    internal static int Steps => Index.GetProperty("T").GetInt32();

    /// <summary>Linear, with which the losses and the chains were recorded.</summary>
    internal static GaussianDiffusion LinearProcess => Process.Value;

    internal static DiffusionPath Linear => LinearProcess.Path;

    /// <summary>The steps whose losses were recorded, one an image.</summary>
    internal static int[] LossSteps => Index.Find("loss_steps")?.Integers() ?? [0, 1, Steps / 2, Steps - 1];

    /// <summary>x_0 of every recording; also how many and how large the images are.</summary>
    internal static Tensor X0() => Read("x0");

    /// <summary>ε of the recorded losses.</summary>
    internal static Tensor LossNoise()
    {
        using var x0 = X0();
        return CosineNoise.Draw(Index.FindInteger("loss_noise") ?? 9, x0.shape);
    }

    /// <summary>A schedule by its name there; the linear one scales with 1000/T.</summary>
    internal static INoiseSchedule Schedule(string name) => name switch
    {
        "linear" => new LinearSchedule(Steps, 0.1 / Steps, 20.0 / Steps),
        "cosine" => new CosineSchedule(Steps),
        _ => throw new IgnoreException($"There is no schedule {name} here."),
    };

    internal static FormulaDenoiser Network(StepVariance variance) => new((x, t) =>
    {
        var mean = 0.8 * x.sin() * (t / (t + 1)) + 0.2 * x;
        return variance switch
        {
            StepVariance.LearnedRange => cat([mean, 0.5 * x.cos()], 1),
            StepVariance.LearnedLogarithm => cat([mean, -4 + 0.5 * x.cos()], 1),
            _ => mean,
        };
    });

    /// <summary>The recordings' name of a variance.</summary>
    internal static string Name(StepVariance variance) => variance switch
    {
        StepVariance.FixedSmall => "fixed_small",
        StepVariance.FixedLarge => "fixed_large",
        StepVariance.LearnedRange => "learned_range",
        _ => "learned",
    };

    internal static Tensor Read(string name) => Recordings.Read(Tensors, name);
}
