using Ddpm.Networks;
using Ddpm.Samplers;

namespace Ddpm;

/// <summary>Tells what a path holds, and reads what it says.</summary>
internal static class Pretrained
{
    internal static CheckpointParts Describe(string path, PretrainedOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!Directory.Exists(path))
            return FromFile(path, options);
        if (ModelFolder.IsOne(path))
        {
            Refuse(path, "a saved diffusion says all of itself", options.Said());
            return ModelFolder.Describe(path);
        }
        if (PipelineFolder.IsOne(path))
        {
            Refuse(path, "a pipeline says that itself", options.SaidOfAFile());
            return PipelineFolder.Describe(path, options);
        }
        throw new FileNotFoundException(
            $"{path}: a folder must be a saved diffusion with {ModelFolder.Description}, or a pipeline with {PipelineFolder.Index}, "
            + "but has neither.", path);
    }

    private static void Refuse(string path, string why, IEnumerable<string> said)
    {
        if (string.Join(", ", said) is { Length: > 0 } names)
            throw new ArgumentException($"{path}: {why}, so nothing else may be given of it, but {names} was.");
    }

    private static CheckpointParts FromFile(string path, PretrainedOptions options)
    {
        Refuse(path, "a file of weights has no sampler", options.SaidOfAPipeline());
        using var file = CheckpointFile.Open(path, options);
        var network = NetworkShape.Infer(file.Weights, options);
        network.Check();
        var parts = new CheckpointParts { Network = new(UNet.Kind, network), Weights = (path, options) };
        if (file.Weights.Layout != Layouts.ReferencePrograms)
            return parts;
        // These do not clip x_0 and use the small variance.
        var saysVariance = network.SaysVariance || options.LearnedVariance is not null;
        return parts with
        {
            Prediction = new() { Clip = null },
            Sampler = saysVariance ? null : new AncestralSampler(AncestralVariance.FixedSmall),
        };
    }
}
