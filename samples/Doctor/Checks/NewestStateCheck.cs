using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Samples;

/// <summary>Whether the model of a training folder is that of its newest state, and averaged.</summary>
internal sealed class NewestStateCheck : ICheck
{
    private static readonly FindingKind Raw = FindingKind.Warning("model-is-not-averaged"), Other = FindingKind.Warning("model-is-not-the-newest");

    public IReadOnlyList<FindingKind> Kinds { get; } = [Raw, Other];

    public IEnumerable<Finding> Look(Patient patient, CancellationToken stop)
    {
        // Of a newer state that is damaged the model may well be.
        if (patient.State is not { WeightsFile: { } file } state || patient.States[0] != state || patient.Diffusion is null)
            yield break;
        var model = patient.Weights;
        if (state.Averages.Values.Select(Patient.Read).Any(average => IsSame(model, average)))
            yield break;
        var isRaw = IsSame(model, Patient.Read(file));
        if (isRaw && state.Averages.Count > 0)
            yield return Raw.Found(
                $"The model has the weights of step {state.Step} as they were trained, though the state holds their average.",
                "Averaged weights draw better images: go on with the run, which saves them.");
        else if (!isRaw)
            yield return Other.Found(
                $"The model's weights are not those of the newest whole state, step {state.Step}.",
                "Go on with the run (--resume auto), which saves the model anew; or it was put there from elsewhere.");
    }

    private static bool IsSame(IReadOnlyList<(string Name, Tensor Weights)> model, IReadOnlyDictionary<string, Tensor> stored)
    {
        using var scope = NewDisposeScope();
        return model.All(named => stored.GetValueOrDefault(named.Name) is { } weights
            && weights.shape.SequenceEqual(named.Weights.shape) && weights.dtype == named.Weights.dtype
            && (weights == named.Weights.cpu()).all().item<bool>());
    }
}
