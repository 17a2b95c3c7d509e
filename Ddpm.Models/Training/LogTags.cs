namespace Ddpm.Training;

/// <summary>What TensorBoard calls the values of a run. It puts those of one word before the slash together.</summary>
internal static class LogTags
{
    internal const string Loss = "loss/training", LossMean = "loss/training_mean", HeldOut = "loss/held_out";
    internal const string GradientNorm = "optimiser/gradient_norm", LearningRate = "optimiser/learning_rate", Skipped = "optimiser/skipped_steps";
    internal const string ImagesPerSecond = "machine/images_per_second", Memory = "machine/memory_mb";
    internal const string Samples = "samples", Distance = "evaluation/frechet_distance";

    /// <summary>The loss of each quarter of the process.</summary>
    internal static IReadOnlyList<string> Quarters { get; } =
        ["loss_by_t/quarter_1", "loss_by_t/quarter_2", "loss_by_t/quarter_3", "loss_by_t/quarter_4"];
}
