using Ddpm.Samplers;
using TorchSharp;

namespace Ddpm.Samples;

/// <summary>A small model of coloured shapes that is trained in minutes: QuickStart tells its story, Gallery trains it where there is none.</summary>
internal static class QuickStartRecipe
{
    /// <summary>Where QuickStart writes, and Gallery looks for its model.</summary>
    public const string Folder = "out/quickstart";

    /// <summary>4,096 images of 16 x 16: twelve classes, red circle, green circle, … orange triangle.</summary>
    public static IImageDataset Shapes() => new ShapesReader(count: 4096).Read();

    /// <summary>200 others, which training does not see.</summary>
    public static IImageDataset HeldOut() => new ShapesReader(count: 200, seed: 1).Read();

    public static DiffusionBuilder Model(torch.Device device, ulong seed) => new DiffusionBuilder()
        .WithCosineSchedule(1000)                                                               // better than linear for images this small
        .WithUNet(UNetOptions.Tiny)
        .WithClasses(ShapesReader.ClassNames.Count)
        .WithAncestralSampler(AncestralVariance.FixedSmall, TimestepSpacing.Trailing(100))      // 100 of the 1,000 steps: ten times faster
        .WithDevice(device)
        .WithSeed(seed);

    public static TrainingOptions Training(int steps, ulong seed) => new()
    {
        Steps = steps,
        BatchSize = 64,
        LearningRate = 2e-3,
        WarmupSteps = 50,
        FinalLearningRate = 1e-4,
        EmaDecay = 0.995,
        HorizontalFlip = false,
        LabelDropout = 0.1,                                                                     // so that guidance has something to lead away from
        Seed = seed,
    };
}
