using Ddpm.Networks;

namespace Ddpm.Samples;

/// <summary>Whether memory holds the network and what it keeps of a batch of images.</summary>
internal sealed class SamplingMemoryCheck : ICheck
{
    private const int Images = 16;
    private const double Most = 0.9, Billion = 1e9;

    private static readonly FindingKind Short = FindingKind.Warning("memory-short");

    public IReadOnlyList<FindingKind> Kinds { get; } = [Short];

    public IEnumerable<Finding> Look(Patient patient, CancellationToken stop)
    {
        if (Needed(patient, Images) is { } needed && needed > Most * patient.Machine.Memory)
            yield return Short.Found(
                $"Drawing {Images} images at once takes about {needed / Billion:G3} GB, but there are {patient.Machine.Memory / Billion:G3} GB.",
                "Draw fewer at once (SamplingOptions.BatchSize), or give the container more memory.");
    }

    /// <summary>Bytes for so many images at once, as an estimate; null: not known.</summary>
    public static double? Needed(Patient patient, int images) =>
        patient.Diffusion is { Denoiser: UNet { Options: var network }, ParameterCount: var weights }
        ? network.SamplingBytes(images) + sizeof(float) * weights
        : null;
}
