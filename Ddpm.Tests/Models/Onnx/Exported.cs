using Ddpm.Onnx;
using Ddpm.Samples;
using Microsoft.ML.OnnxRuntime;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models.Onnx;

/// <summary>What ONNX Runtime computes of an exported network.</summary>
internal static class Exported
{
    // float32 in another order, by other kernels: in units of the largest value.
    internal const double Tolerance = 1e-5;

    internal static SessionOptions Quiet() => new() { IntraOpNumThreads = 2, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };

    /// <summary>The output of a network after its export.</summary>
    /// <param name="network">The network.</param>
    /// <param name="x">Its input.</param>
    /// <param name="t">Its time.</param>
    /// <param name="given">What else it is given.</param>
    /// <param name="mostInside">Bytes of weights above which they must lie beside the file; null: none do.</param>
    /// <param name="isLarge">Whether they do because no file could hold them.</param>
    internal static Tensor Predict(
        UNet network, Tensor x, Tensor t, Conditioning? given = null, long? mostInside = null, bool isLarge = false)
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("network.onnx");
        using (var graph = UNetExport.Of(network))
            OnnxFile.Write(file, graph, "network", [], mostInside);
        Assert.That(File.Exists(folder.File(OnnxFile.Beside(file))), Is.EqualTo(isLarge || mostInside is not null));
        using var options = Quiet();
        using var denoiser = new OnnxDenoiser(new(file, options), network.Traits);
        return denoiser.Predict(x, t, given);
    }

    /// <summary>The exported network predicts what was recorded of the network.</summary>
    internal static void IsRecorded(IDenoiser network, Tensor x, Tensor t, Tensor? labels, Tensor recorded) => Expect.RelativelyClose(
        Predict((UNet)network.Network!, x, t, labels is null ? null : new() { Labels = labels }), recorded, Tolerance);
}
