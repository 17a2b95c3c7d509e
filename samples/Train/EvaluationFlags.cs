using System.CommandLine;
using Ddpm.Evaluation;
using Ddpm.Samplers;

namespace Ddpm.Samples;

/// <summary>Whether images are drawn and measured now and then, so that the best model is kept.</summary>
/// <param name="onnx">As in <see cref="FeatureFlags"/>.</param>
internal sealed class EvaluationFlags(Func<string?, FeatureInput, IFeatureExtractor>? onnx)
{
    private const int Steps = 20;

    private readonly Option<int> images = Flag.Whole(
        "--evaluate", "Images to draw now and then, to measure their distance from those trained on and keep the best model; 0: none.", 0, least: 0);
    private readonly Option<int> every = Flag.Whole("--evaluate_every", "Steps between two evaluations; 0: at the end only.", 5000, least: 0);
    private readonly FeatureFlags features = new(onnx);

    public void AddTo(Command command)
    {
        images.Refuse(given => given == 1 ? "--evaluate must be 0 or at least 2, but is 1." : null);
        command.Options.Add(images);
        command.Options.Add(every);
        features.AddTo(command);
        command.Ignored(result => result.ValueOf(images) == 0 ? $"without {images.Name}" : null, [every, .. features.All]);
    }

    /// <summary>What measures; null: nothing is to be measured. The caller disposes the extractor, if it is disposable.</summary>
    public TrainingEvaluation? Of(ParseResult options, Diffusion diffusion, IImageDataset data, int batchSize, CancellationToken stop)
    {
        if (options.GetValue(images) is not (> 0 and var count))
            return null;
        var extractor = features.Open(options, data.Shape, diffusion.Device);
        using var line = new ProgressLine("features");
        return new(extractor, ImageFeatures.Statistics(data, extractor, progress: line, cancellationToken: stop))
        {
            Images = count,
            Every = options.GetValue(every),
            Sampling = new() { BatchSize = batchSize, Sampler = diffusion.Sampler is AncestralSampler ? new DdimSampler(Steps) : null },
        };
    }
}
