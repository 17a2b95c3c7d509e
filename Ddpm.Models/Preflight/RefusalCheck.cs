using Ddpm.Networks;

namespace Ddpm.Training;

/// <summary>What training itself would refuse, in its own words.</summary>
internal static class RefusalCheck
{
    /// <summary>An option out of range, with which nothing else can be looked at.</summary>
    internal static TrainingFinding? OfOptions(TrainingOptions options) => Of(options.Check);

    internal static IEnumerable<TrainingFinding> Of(TrainingPlan plan)
    {
        if (plan.Denoiser.Network is not { } module || !module.parameters().Any(weights => weights.requires_grad))
            yield return TrainingFinding.Fault(TrainingFindingKind.Refused, $"The network has no weights to train.");
        else if (plan.Data is { } data)
        {
            if (data.Shape != plan.Image)
                yield return TrainingFinding.Fault(
                    TrainingFindingKind.Refused, $"The images are of {data.Shape}, but the network is made for {plan.Image}.",
                    $"Read them as {plan.Image}, or build the network for {data.Shape}.");
            // Nothing is computed: only whether the parts fit together is asked.
            else if (Of(() => _ = new GradientStep(
                plan.Denoiser, module, plan.Process, plan.Parameterization, data, plan.Options, new LossHistory(plan.Process.Steps), plan.Device))
                is { } finding)
                yield return finding;
        }
    }

    private static TrainingFinding? Of(Action check)
    {
        try
        {
            check();
            return null;
        }
        catch (ArgumentException refusal)
        {
            return new(FindingSeverity.Fault, TrainingFindingKind.Refused, refusal.Message, "");
        }
    }
}
