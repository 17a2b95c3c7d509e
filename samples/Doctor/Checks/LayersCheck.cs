using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Samples;

/// <summary>Whether layers are still as networks are made: norms of scale 1 and shift 0, convolutions of zeros.</summary>
internal sealed class LayersCheck : ICheck
{
    private const int MostNamed = 3;
    private const string Scale = ".weight", Shift = ".bias";

    private static readonly FindingKind Fresh = FindingKind.Error("never-trained"), Zero = FindingKind.Warning("layers-of-zeros");

    public IReadOnlyList<FindingKind> Kinds { get; } = [Fresh, Zero];

    public IEnumerable<Finding> Look(Patient patient, CancellationToken stop)
    {
        var all = patient.Weights.DistinctBy(named => named.Name).ToDictionary(named => named.Name, named => named.Weights, StringComparer.Ordinal);
        var norms = all.Where(named => named.Value.dim() == 1 && named.Key.EndsWith(Scale, StringComparison.Ordinal)
            && all.ContainsKey(named.Key[..^Scale.Length] + Shift)).ToArray();
        var initial = norms.Count(named => IsAll(named.Value, 1) && IsAll(all[named.Key[..^Scale.Length] + Shift], 0));
        var layers = all.Where(named => named.Value.dim() > 1).ToArray();
        var zeros = layers.Where(named => IsAll(named.Value, 0)).Select(named => named.Key).ToArray();
        var (allNorms, last) = (norms.Length > 0 && initial == norms.Length, layers.LastOrDefault().Key);
        if (allNorms || (last is not null && zeros.Contains(last)))
            yield return Fresh.Found(
                $"{initial} of {norms.Length} norms have scale 1 and shift 0, and {zeros.Length} of {layers.Length} layers are zero: as if fresh.",
                "Train it, or take the file of weights that was meant: what this one draws is noise.");
        else if (zeros.Length > 0)
            yield return Zero.Found(
                $"{zeros.Length} of {layers.Length} layers are all zero: {Listed.Of(zeros, MostNamed)}.",
                "They were never trained, or the file is not whole: compare with where it came from.");
    }

    private static bool IsAll(Tensor weights, double value)
    {
        using var scope = NewDisposeScope();
        return weights.numel() > 0 && (weights == value).all().item<bool>();
    }
}
