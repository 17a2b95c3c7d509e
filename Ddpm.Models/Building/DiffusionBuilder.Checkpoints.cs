using Ddpm.Networks;

namespace Ddpm;

// What begins with a model that was saved.
public sealed partial class DiffusionBuilder
{
    /// <summary>A builder with the parts of a checkpoint, whatever made it; any of them can be replaced before building.</summary>
    /// <param name="path">What <see cref="Diffusion.Save"/> wrote, a diffusers pipeline's folder, or a file of weights of any known layout.</param>
    /// <param name="options">What the checkpoint does not say itself.</param>
    /// <exception cref="IOException">A file is missing, or it is damaged or unknown (<see cref="DataFormatException"/>).</exception>
    /// <exception cref="ArgumentException">The checkpoint does not say a setting that is needed; the message names it.</exception>
    public static DiffusionBuilder FromPretrained(string path, PretrainedOptions? options = null) =>
        new DiffusionBuilder().With(Pretrained.Describe(path, options ?? new()));

    /// <summary>
    /// A builder with all that a saved model's ddpm.json says but its network, which comes from elsewhere: from an ONNX file, say, whose notes hold
    /// that text (<see cref="Diffusion.ExportOnnx"/>).
    /// </summary>
    /// <param name="description">The text of ddpm.json.</param>
    /// <param name="network">
    /// Gives the network, of the traits that the description says; <see cref="NetworkTraits.Unknown"/> for one that is no UNet. It stays the
    /// caller's.
    /// </param>
    /// <exception cref="DataFormatException">The text is no such description.</exception>
    public static DiffusionBuilder FromDescription(string description, Func<NetworkTraits, IDenoiser> network)
    {
        ArgumentNullException.ThrowIfNull(description);
        ArgumentNullException.ThrowIfNull(network);
        using var document = JsonFile.Parse(description, ModelFolder.Description);
        var parts = ModelDescription.Read(document, ModelFolder.Description, weights: null);
        var traits = parts.Network?.Options is UNetOptions options ? options.Traits() : NetworkTraits.Unknown;
        return new DiffusionBuilder().With(parts with { Network = null }).WithDenoiser(network(traits));
    }

    // What a checkpoint does not say stays.
    private DiffusionBuilder With(CheckpointParts parts)
    {
        schedule = parts.Schedule ?? schedule;
        network = network with { Description = parts.Network ?? network.Description, Weights = parts.Weights ?? network.Weights };
        (prediction, levels) = (parts.Prediction ?? prediction, parts.Levels ?? levels);
        (sampler, samplerToGive, classNames) = (parts.Sampler ?? sampler, parts.SamplerToGive, parts.ClassNames ?? classNames);
        return this;
    }
}
