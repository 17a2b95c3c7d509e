using Ddpm;

namespace Ddpm.Samples;

/// <summary>How a <see cref="SmallNetwork"/> learns stripes in some seconds.</summary>
internal static class StripesRecipe
{
    public static DiffusionBuilder Model(INoiseSchedule schedule, IDatasetReader stripes) => new DiffusionBuilder()
        .WithSchedule(schedule)
        .WithNetwork(new("small-network", new SmallNetworkOptions { Size = 16 }))
        .WithPrediction(PredictionType.X0)              // stripes are easier to name than noise
        .WithDdim(20)
        .WithDataset(stripes);

    public static TrainingOptions Training { get; } = new()
    {
        Steps = 300,
        BatchSize = 16,
        LearningRate = 3e-3,
        WarmupSteps = 20,
        FinalLearningRate = 1e-4,
        EmaDecay = 0.98,
        HorizontalFlip = false,                 // mirrored stripes are others
    };
}
