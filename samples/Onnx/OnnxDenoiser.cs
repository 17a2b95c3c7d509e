using Ddpm.Networks;
using Ddpm.Onnx;
using Microsoft.ML.OnnxRuntime;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Samples;

/// <summary>
/// A network that <see cref="Diffusion.ExportOnnx"/> wrote, run by ONNX Runtime: on the CPU, or by whatever provider the session was given. libtorch
/// holds the images between the steps, on the CPU, and computes nothing of the network.
/// </summary>
internal sealed class OnnxDenoiser : IDenoiser, IDisposable
{
    private readonly InferenceSession session;
    private readonly RunOptions run = new();
    private readonly bool takesLabelsAsNumbers;

    /// <param name="session">Of such a file; it belongs to this.</param>
    /// <param name="traits">What the file's description says of the network.</param>
    public OnnxDenoiser(InferenceSession session, NetworkTraits traits)
    {
        (this.session, Traits) = (session, traits);
        takesLabelsAsNumbers = session.InputMetadata.TryGetValue(OnnxNames.Labels, out var labels) && labels.ElementType == typeof(float);
    }

    public NetworkTraits Traits { get; }

    public nn.Module? Network => null;

    /// <summary>Loads a file as a model that samples; its sampler can be replaced by one of the same builder.</summary>
    /// <param name="file">What <see cref="Diffusion.ExportOnnx"/> wrote.</param>
    /// <param name="options">With the provider that computes.</param>
    /// <returns>A builder, and the network, which outlives what is built and is disposed by the caller.</returns>
    /// <exception cref="DataFormatException">ONNX Runtime cannot load the file, or it does not say what model it is.</exception>
    public static (DiffusionBuilder Builder, OnnxDenoiser Network) Load(string file, SessionOptions options)
    {
        var session = Open(file, options);
        try
        {
            if (!session.ModelMetadata.CustomMetadataMap.TryGetValue(OnnxNames.Description, out var description))
                throw new DataFormatException(file, null, $"the file must have a note {OnnxNames.Description}, as exported models do, but has none");
            OnnxDenoiser? network = null;
            var builder = DiffusionBuilder.FromDescription(description, traits => network = new(session, traits));
            return (builder, network!);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    public Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null)
    {
        using var given = new OnnxInputs();
        given.Add(OnnxNames.X, x);
        given.Add(OnnxNames.T, t);
        if (conditioning?.Labels is { } labels)
            given.Add(OnnxNames.Labels, labels, takesLabelsAsNumbers ? ScalarType.Float32 : ScalarType.Int64);
        if (conditioning?.Embedding is { } embedding)
            given.Add(OnnxNames.Embedding, embedding);
        if (conditioning?.Image is { } image)
            given.Add(OnnxNames.Image, image);
        if (Traits.TakesEstimate)
            AddEstimate(given, x, conditioning?.Estimate);
        using var results = session.Run(run, given.Names, given.Values, [OnnxNames.Output]);
        var shape = results[0].GetTensorTypeAndShape().Shape;
        return tensor(results[0].GetTensorDataAsSpan<float>().ToArray(), shape);
    }

    public void Dispose()
    {
        session.Dispose();
        run.Dispose();
    }

    private static void AddEstimate(OnnxInputs given, Tensor x, Tensor? estimate)
    {
        using var none = estimate is null ? zeros_like(x) : null;
        given.Add(OnnxNames.Estimate, estimate ?? none!);
    }

    private static InferenceSession Open(string file, SessionOptions options)
    {
        if (!File.Exists(file))
            throw new FileNotFoundException($"There is no file {file}.", file);
        try
        {
            return new(file, options);
        }
        catch (OnnxRuntimeException fault)
        {
            throw new DataFormatException(
                file, null, $"ONNX Runtime cannot load this file: {fault.Message.ReplaceLineEndings(" ").TrimEnd('.', ' ')}", fault);
        }
    }
}
