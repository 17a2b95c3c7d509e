namespace Ddpm.Samples;

/// <summary>Whether the weights are numbers of a plausible size.</summary>
internal sealed class WeightsCheck : ICheck
{
    private const double Huge = 1_000;
    private const int MostNamed = 3;

    private static readonly FindingKind NotFinite = FindingKind.Error("weights-not-finite"), TooLarge = FindingKind.Warning("weights-huge");

    public IReadOnlyList<FindingKind> Kinds { get; } = [NotFinite, TooLarge];

    public IEnumerable<Finding> Look(Patient patient, CancellationToken stop)
    {
        var (bad, names, largest, where) = (0L, new List<string>(), 0.0, "");
        foreach (var (name, weights) in patient.Weights)
        {
            stop.ThrowIfCancellationRequested();
            if (weights.numel() == 0 || !weights.is_floating_point())
                continue;
            using var scope = TorchSharp.torch.NewDisposeScope();
            var finite = weights.isfinite();
            if (weights.numel() - finite.sum().item<long>() is > 0 and var count)
            {
                bad += count;
                names.Add(name);
            }
            else if (weights.abs().max().to(TorchSharp.torch.ScalarType.Float64).item<double>() is var size && size > largest)
                (largest, where) = (size, name);
        }
        if (bad > 0)
            yield return NotFinite.Found(
                $"{bad} weights are not finite, in {Listed.Of(names, MostNamed)}.",
                "Take an earlier checkpoint, and train on with a lower learning rate or gradient clipping.");
        if (largest > Huge)
            yield return TooLarge.Found(
                $"The largest weight is {largest:G4}, in {where}; trained networks stay below {Huge:F0}.",
                "Look at the loss: the training may have diverged. Take an earlier checkpoint.");
    }
}
