namespace Ddpm;

/// <summary>Tells what a path holds, and makes a builder of it.</summary>
internal static class Pretrained
{
    internal static DiffusionBuilder Describe(string path, PretrainedOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!Directory.Exists(path))
            return FromFile(path, options);
        return ModelFolder.IsOne(path) ? ModelFolder.Describe(path)
            : PipelineFolder.IsOne(path) ? PipelineFolder.Describe(path, options)
            : throw new FileNotFoundException(
                $"{path}: a folder must be a saved diffusion with {ModelFolder.Description}, or a pipeline with {PipelineFolder.Index}, "
                + "but has neither.", path);
    }

    private static DiffusionBuilder FromFile(string path, PretrainedOptions options)
    {
        using var file = CheckpointFile.Open(path, options);
        var network = NetworkShape.Infer(file.Weights, options);
        var builder = new DiffusionBuilder().WithUNet(network).WithWeights(path, options);
        // The reference programs do not clip x_0 and use the small variance.
        return file.Weights.Layout == Layouts.ReferencePrograms
            ? builder.WithClipping(null).WithAncestralSampler(AncestralVariance.FixedSmall)
            : builder;
    }
}
