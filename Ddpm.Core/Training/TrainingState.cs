using static TorchSharp.torch;

namespace Ddpm.Training;

/// <summary>
/// Everything that a run needs to go on, bit for bit, where it stands (<see cref="Trainer.Capture"/>, <see cref="Trainer.Restore"/>): draws are
/// functions of (seed, step), so that no generator's state is part of it. All tensors are copies on the CPU; disposing the state frees them.
/// </summary>
public sealed class TrainingState : IDisposable
{
    /// <summary>Steps done.</summary>
    public required int Step { get; init; }

    /// <summary>Steps of earlier runs, whose draws were not repeated.</summary>
    public required int DrawnBefore { get; init; }

    /// <summary>Steps that were skipped, as they were not finite.</summary>
    public required int SkippedSteps { get; init; }

    /// <summary>How many of the last steps were skipped one after the other.</summary>
    public required int SkippedInARow { get; init; }

    /// <summary>Steps that the optimiser has taken: those skipped are left out.</summary>
    public required int OptimizerSteps { get; init; }

    /// <summary>The network's weights and buffers by its own names, not averaged.</summary>
    public required IReadOnlyDictionary<string, Tensor> Weights { get; init; }

    /// <summary>The optimiser's moments by their name (<see cref="OptimizerRule.Moments"/>), each by the names of the weights trained.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyDictionary<string, Tensor>> Moments { get; init; }

    /// <summary>The moving averages by their profile's name, each by the names of the weights trained and of the buffers.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyDictionary<string, Tensor>> Averages { get; init; }

    /// <summary>The last losses of every step t (<see cref="LossHistory.Export"/>).</summary>
    public required IReadOnlyList<float> Losses { get; init; }

    /// <summary>Frees all tensors.</summary>
    public void Dispose()
    {
        foreach (var tensor in Moments.Values.Concat(Averages.Values).Append(Weights).SelectMany(group => group.Values))
            tensor.Dispose();
    }
}
