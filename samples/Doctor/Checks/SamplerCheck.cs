using Ddpm.Samplers;

namespace Ddpm.Samples;

/// <summary>Whether the sampler begins where the noise is, and takes enough steps.</summary>
internal sealed class SamplerCheck : ICheck
{
    private const double MostSignal = 0.1;
    private const int FewAncestral = 20, Few = 5;

    private static readonly FindingKind Late = FindingKind.Warning("sampler-begins-late"), Short = FindingKind.Note("sampler-few-steps");

    public IReadOnlyList<FindingKind> Kinds { get; } = [Late, Short];

    public IEnumerable<Finding> Look(Patient patient, CancellationToken stop)
    {
        if (patient.Diffusion is not { Sampler: GridSampler sampler, Process.Path: var path })
            yield break;
        var points = sampler.Spacing.Select(path);
        var (first, end) = (points[0], path.At(path.Steps - 1));
        // A process that ends in pure noise must be sampled from there: the share that is left of an image is then never learned.
        if ((first.Alpha > MostSignal && first.Alpha > 2 * end.Alpha) || (end.Alpha == 0 && first.T < path.Steps - 1))
            yield return Late.Found(
                $"The sampler begins in noise at t = {first.T:G6} of {path.Steps}, where the network expects {100 * first.Alpha:G3} % of the image.",
                $"Space its steps from the last one on (trailing).");
        var few = sampler is AncestralSampler ? FewAncestral : Few;
        if (points.Count < Math.Min(few, path.Steps))
            yield return Short.Found(
                $"The sampler, {sampler.GetType().Name}, takes {points.Count} steps.",
                sampler is AncestralSampler
                    ? (FormattableString)$"Take {few} or more, or a sampler for few steps: DpmSolver, UniPC."
                    : $"Take {few} or more.");
    }
}
