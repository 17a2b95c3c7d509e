using Ddpm.Samplers;
using static TorchSharp.torch;

namespace Ddpm.Samples;

/// <summary>A few images in few steps: whether they look like images at all.</summary>
internal sealed class DrawnCheck : ICheck
{
    private const int Steps = 20;
    private const double FlatDeviation = 0.02, Alike = 0.01, Outside = 1.5, MostOutside = 0.05, Dark = -0.1, FewestDark = 0.002, LeastRelated = 0.1;

    private static readonly FindingKind NotDrawn = FindingKind.Note("images-not-drawn"), Refused = FindingKind.Error("images-cannot-be-drawn"),
        NotFinite = FindingKind.Error("images-not-finite"),
        Flat = FindingKind.Warning("images-constant"), Same = FindingKind.Warning("images-all-alike"),
        TooWide = FindingKind.Warning("images-outside-range"), Bright = FindingKind.Warning("images-zero-to-one"),
        Noise = FindingKind.Note("images-look-like-noise");

    public IReadOnlyList<FindingKind> Kinds { get; } = [NotDrawn, Refused, NotFinite, Flat, Same, TooWide, Bright, Noise];

    public IEnumerable<Finding> Look(Patient patient, CancellationToken stop)
    {
        if (patient is not { Diffusion: { } model, Images: > 0 and var count })
            return [];
        if (WhyNot(patient, model, count) is { } reason)
            return [NotDrawn.Said(reason, "Draw some by hand and look at them.")];
        try
        {
            return Of(Draw(model, count, stop), model.Image.Channels is 1 or 3);
        }
        catch (Exception fault) when (fault is ArgumentException or InvalidOperationException)
        {
            return [Refused.Said(Fault.Line(fault), "Network and process do not belong together: compare the description with how it was trained.")];
        }
    }

    private static string? WhyNot(Patient patient, Diffusion model, int count) =>
        model.Denoiser.Traits is { EmbeddingWidth: > 0 } or { ConditionChannels: > 0 }
            ? "The network needs more than noise and labels, which is not known here."
        : SamplingMemoryCheck.Needed(patient, count) > patient.Machine.Memory ? "There is not the memory to draw some."
        : null;

    private static Tensor Draw(Diffusion model, int count, CancellationToken stop)
    {
        // Where any number is a label, a few small ones.
        var classes = Math.Min(model.Denoiser.Traits.Classes ?? 0, count);
        ISampler? few = NamedSamplers.Create("ddim", Math.Min(Steps, model.Process.Steps));
        try
        {
            few.Check(model.Process.Path);
        }
        catch (ArgumentException)
        {
            few = null;
        }
        return model.Sample(
            count, new() { Seed = 0, Sampler = few, Labels = classes > 0 ? [.. Enumerable.Range(0, count).Select(i => i % classes)] : null },
            cancellationToken: stop);
    }

    private static IEnumerable<Finding> Of(Tensor images, bool arePictures)
    {
        var count = images.shape[0];
        var bad = count - images.isfinite().flatten(1).all(1).sum().item<long>();
        if (bad > 0)
        {
            yield return NotFinite.Found(
                $"{bad} of {count} images drawn in few steps hold values that are not finite.",
                "Look at the other findings; if there are none, take an earlier checkpoint, or float32.");
            yield break;
        }
        var flat = (images.flatten(1).std(1) < FlatDeviation).sum().item<long>();
        if (flat > 0)
            yield return Flat.Found(
                $"{flat} of {count} images drawn in few steps have one colour.", "The network says nothing: look whether it was trained.");
        else if (count > 1 && (images - images[0]).abs().mean().item<float>() is < (float)Alike and var difference)
            yield return Same.Found(
                $"{count} images from different noise are the same to {difference:G2}.",
                "The network learned one image: look at the data it was trained on.");
        else if (Related(images) is < LeastRelated and var related)
            yield return Noise.Found(
                $"Neighbouring pixels of {count} images drawn in {Steps} steps have a correlation of {related:F2}, as noise has.",
                "Look at images in all steps; if they are noise too, train longer, or look whether weights and schedule belong together.");
        if (!arePictures)
            yield break;
        var (outside, dark) = (Share(images.abs() > Outside), Share(images < Dark));
        if (outside > MostOutside)
            yield return TooWide.Found(
                $"{100 * outside:F0} % of the values drawn in few steps are beyond -1.5 and 1.5, but images are within -1 and 1.",
                "Clip x_0 (WithClipping), or look whether the model predicts what its description says.");
        else if (flat == 0 && dark < FewestDark)
            yield return Bright.Found(
                $"{100 * dark:F1} % of the values drawn in few steps are below -0.1: the images are in 0..1, or hardly have dark parts.",
                "Train on images in -1..1 (x * 2 - 1), or save what this model draws without the shift.");
    }

    private static double Share(Tensor isSo) => isSo.to(ScalarType.Float64).mean().item<double>();

    // Of pixels beside each other, without the mean of each image's channel.
    private static double Related(Tensor images)
    {
        var x = (images - images.mean([2, 3], keepdim: true)).to(ScalarType.Float64);
        var products = (x[.., .., .., 1..] * x[.., .., .., ..^1]).mean().item<double>();
        return products / x.square().mean().item<double>();
    }
}
