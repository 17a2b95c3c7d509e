using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models.Compiled;

/// <summary>The compiled twin of a network, which computes with kernels of the library's own.</summary>
internal static class Twin
{
    // Float32 in another order, and Winograd's algorithm: in units of the largest value.
    internal const double Tolerance = 1e-5;

    /// <summary>Its owner disposes it.</summary>
    internal static CompiledDenoiser Of(UNet network) => (CompiledDenoiser)InferenceBackend.Auto.Compile(network, network.Options.Image, batch: 1);

    /// <summary>What a twin that lives as long as this predicts.</summary>
    internal static Tensor Predict(UNet network, Tensor x, Tensor t, Conditioning? given = null)
    {
        using var twin = Of(network);
        return twin.Predict(x, t, given);
    }

    /// <summary>The twin of a network that has one predicts what was recorded of the network.</summary>
    internal static void IsRecorded(IDenoiser network, Tensor x, Tensor t, Tensor? labels, Tensor recorded, double tolerance = Tolerance)
    {
        var options = ((UNet)network).Options;
        // The other networks of the recordings keep to themselves, and not by mistake.
        var isKnown = options.Activation == Activation.SiLU && Enumerable.Range(0, options.Levels).All(level => options.Width(level) % 8 == 0);
        var twin = InferenceBackend.Auto.Compile(network, options.Image, (int)x.shape[0]);
        Assert.That(twin, isKnown ? Is.TypeOf<CompiledDenoiser>() : Is.SameAs(network));
        if (twin is not CompiledDenoiser compiled)
            return;
        using (compiled)
            Expect.RelativelyClose(compiled.Predict(x, t, labels), recorded, tolerance);
    }
}
