using Ddpm.Networks;
using TorchSharp;

namespace Ddpm.Training;

/// <summary>Where training in a precision is known to be slow, or not known to be right.</summary>
internal static class TrainingPrecisionCheck
{
    /// <summary>A sentence each; none: nothing is known against it.</summary>
    internal static IReadOnlyList<string> Warnings(IDenoiser denoiser, TrainingPrecision precision) =>
        precision == TrainingPrecision.BFloat16 && denoiser.Home() is { type: DeviceType.CPU }
            ? [.. OnCpu(denoiser, ProcessorBFloat16.IsMissing, ProcessorCaches.AreHidden)]
            : [];

    internal static IEnumerable<string> OnCpu(IDenoiser denoiser, bool hasNoInstructions, bool hidesCaches)
    {
        if (hasNoInstructions)
            yield return ProcessorBFloat16.Slows("training");
        if (!hidesCaches)
            yield break;
        // The convolutions of whole blocks with channels last are right there in float32; the rest goes without oneDNN (Convolutions).
        yield return denoiser.Network is { } module && Convolutions.MayBeWrong(module)
            ? "This processor hides its caches, so that oneDNN is off for this network: training in bfloat16 is slow without it. With images that lie "
                + $"as [N, H, W, C] and widths in multiples of {ChannelsLast.Block} it would stay on."
            : "This processor hides its caches, by which libtorch's oneDNN plans its convolutions: in bfloat16 they were never compared on such a "
                + "one. Compare the loss of a short run with that in float32.";
    }
}
