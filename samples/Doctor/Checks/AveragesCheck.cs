using System.Globalization;
using Ddpm.Training;

namespace Ddpm.Samples;

/// <summary>Whether the moving averages are old enough to be used.</summary>
internal sealed class AveragesCheck : ICheck
{
    private const string Batch = "training.BatchSize";
    private const double FarAway = 0.5;

    private static readonly FindingKind Young = FindingKind.Warning("ema-too-young"), None = FindingKind.Note("no-average"),
        Far = FindingKind.Warning("average-far-from-weights");

    public IReadOnlyList<FindingKind> Kinds { get; } = [Young, None, Far];

    public IEnumerable<Finding> Look(Patient patient, CancellationToken stop)
    {
        if (patient.State is not { WeightsFile: { } file } state)
            yield break;
        if (state.Averages.Count == 0)
            yield return None.Said("The run keeps no average of its weights.", "Averaged weights draw better images: set EmaDecay.");
        var raw = state.Averages.Count > 0 ? Patient.Read(file) : new Dictionary<string, TorchSharp.torch.Tensor>();
        foreach (var (name, averaged) in state.Averages)
        {
            stop.ThrowIfCancellationRequested();
            if (TooYoung(patient, state, name) is { } finding)
                yield return Young.Said(finding.What, finding.Cure);
            else if (Distance(raw, Patient.Read(averaged)) is > FarAway and var distance)
                yield return Far.Found(
                    $"The average '{name}' is {distance:G3} of the weights' size away from them after {state.Step} steps.",
                    "Compare images of both: an average that lags is noisier than the weights. Train longer, or take a lower decay.");
        }
    }

    // In the words of the library's own check, which is made before a training: here the run has as many steps as it has taken.
    private static TrainingFinding? TooYoung(Patient patient, SavedState state, string name)
    {
        if (patient.Diffusion is not { } model || state.Step < 1 || Profile(name) is not { } profile)
            return null;
        var batch = int.TryParse(state.Recipe.GetValueOrDefault(Batch), NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : 1;
        return model.CheckTraining(new() { Steps = state.Step, BatchSize = Math.Max(1, batch), Averages = [profile] })
            .FirstOrDefault(finding => finding.Kind == TrainingFindingKind.AverageHoldsFirstWeights);
    }

    // As profiles call themselves. Those whose memory grows with the run are never too young.
    private static AverageProfile? Profile(string name) => name.Split(' ') switch
    {
        ["ramped", var decay] => Decay(decay) is { } β ? AverageProfile.Ramped(β) : null,
        ["constant", var decay] => Decay(decay) is { } β ? AverageProfile.Constant(β) : null,
        _ => null,
    };

    private static double? Decay(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var decay) && decay is >= 0 and < 1 ? decay : null;

    private static double Distance(
        IReadOnlyDictionary<string, TorchSharp.torch.Tensor> raw, IReadOnlyDictionary<string, TorchSharp.torch.Tensor> averaged)
    {
        var (difference, size) = (0.0, 0.0);
        foreach (var (name, weights) in raw)
            if (averaged.GetValueOrDefault(name) is { } average && average.shape.SequenceEqual(weights.shape))
            {
                difference += Square(average - weights);
                size += Square(weights);
            }
        return size > 0 ? Math.Sqrt(difference / size) : 0;

        static double Square(TorchSharp.torch.Tensor values) => values.to(TorchSharp.torch.ScalarType.Float64).square().sum().item<double>();
    }
}
