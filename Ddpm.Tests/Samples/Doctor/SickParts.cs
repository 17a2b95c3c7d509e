using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Samples.Doctor;

/// <summary>Models that can be opened, with a part that is wrong or unusual.</summary>
internal static class SickParts
{
    internal static IEnumerable<SickPatient> All =>
    [
        new("schedule-not-noise", folder => Of(folder, builder => builder.WithSchedule(new LinearSchedule(50, 1e-4, 0.02)))) { Says = "77.6 %" },
        new("schedule-nearly-noise", folder => Of(folder, builder => builder.WithSchedule(new ScaledLinearSchedule(1000, 0.00085, 0.012))))
            { Says = "6.83 %" },
        new("schedule-begins-in-noise", folder => Of(folder, builder => builder.WithSchedule(new LinearSchedule(100, 0.05, 0.15))))
            { Says = "29 levels" },
        new("betas-fall", folder => Of(folder, builder => builder.WithSchedule(new TabulatedSchedule(Betas(500, 0.001)))))
            { Says = "beta 500 is 0.001" },
        new("sampler-begins-late", folder => Of(folder, builder => builder.WithSampler(
            new AncestralSampler(spacing: TimestepSpacing.List([.. Enumerable.Range(0, 26).Select(i => 500 - 20 * i)]))))) { Says = "t = 500" },
        new("sampler-few-steps", folder => Of(folder, builder => builder.WithAncestralSampler(spacing: TimestepSpacing.Trailing(10))))
            { Says = "10 steps" },
        new("variance-ignored", folder => Of(folder, builder => builder.WithUNet(Models.Preflight.PreflightCase.Small with { OutputChannels = 6 })))
            { Says = "6 channels for images of 3" },
        new("variance-not-used", folder => Of(folder, builder => builder.WithLearnedVariance().WithSampler(new DdimSampler(50))))
            { Says = "DdimSampler" },
        new("weights-not-finite", folder => With(folder, "conv_in.weight", weights => weights[0, 0, 0, 0] = float.NaN))
            { Says = "1 weights are not finite, in conv_in.weight" },
        new("weights-huge", folder => With(folder, "conv_in.weight", weights => weights[0, 0, 0, 0] = 2000f)) { Says = "2000, in conv_in.weight" },
        new("never-trained", folder => Healthy.Of(Healthy.Builder.Build(), folder)) { Says = "norms have scale 1" },
        new("layers-of-zeros", folder => With(folder, "conv_in.weight", weights => weights.zero_())) { Says = "1 of " },
        new("class-names-missing", folder => Of(folder, builder => builder.WithClasses(3))) { Says = "3 classes" },
        new("class-names-twice", folder => Of(folder, builder => builder.WithClasses(3).WithClassNames(["cat", "dog", "cat"]))) { Says = "'cat'" },
    ];

    private static double[] Betas(int at, double value)
    {
        double[] betas = [.. new LinearSchedule(1000).Betas];
        betas[at] = value;
        return betas;
    }

    private static Ddpm.Samples.Patient Of(TemporaryFolder folder, Func<DiffusionBuilder, DiffusionBuilder> change) =>
        Healthy.Of(change(Healthy.Builder), folder);

    private static Ddpm.Samples.Patient With(TemporaryFolder folder, string name, Action<Tensor> change)
    {
        var model = Healthy.Model();
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        change(model.Denoiser.Network!.get_parameter(name)!);
        return Healthy.Of(model, folder);
    }
}
