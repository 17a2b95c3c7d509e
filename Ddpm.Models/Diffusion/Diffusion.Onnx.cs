using System.Text.Json;
using Ddpm.Onnx;

namespace Ddpm;

public sealed partial class Diffusion
{
    /// <summary>
    /// Writes the network as an ONNX file (opset 17), which other runtimes and languages can run: its inputs and its output are named by
    /// <see cref="OnnxNames"/>, N, H and W are open, and the model's description lies among its notes. Weights lie inside it; past 2 GB in a file
    /// beside it, of its name and ".data".
    /// </summary>
    /// <param name="file">The file, replaced if it is there; it appears whole or not at all.</param>
    /// <exception cref="InvalidOperationException">The network is no <see cref="UNet"/>, or a part of the model cannot be described.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void ExportOnnx(string file)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        var network = Denoiser.Network as UNet ?? throw new InvalidOperationException(
            $"An ONNX file is made of a UNet, but the network is a {Denoiser.GetType().Name}.");
        var description = JsonSerializer.Serialize(ModelDescription.Of(Parts), ModelDescription.Json);
        using var graph = UNetExport.Of(network);
        OnnxFile.Write(file, graph, nameof(UNet), [new(OnnxNames.Description, description)]);
    }
}
