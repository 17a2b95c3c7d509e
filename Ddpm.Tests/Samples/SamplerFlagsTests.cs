using System.CommandLine;
using Ddpm.Samples;

namespace Ddpm.Tests.Samples;

/// <summary>--sample_steps changes the number of steps and nothing else, also of a model that was saved and whose steps are a list.</summary>
public class SamplerFlagsTests
{
    private static readonly GridSampler[] Samplers =
    [
        new AncestralSampler(AncestralVariance.FixedLarge, TimestepSpacing.Trailing(100)),
        new DdimSampler(50) { Eta = 0.5 },
        new HeunSampler(20) { Spacing = TimestepSpacing.Karras(20), Churn = new() { Amount = 5 } },
        new DpmSolver(20) { Order = 3, Eta = 1 },
        new PndmSampler(50) { SkipRungeKutta = true },
    ];

    [Test]
    public void SampleSteps_Alone_KeepsTheModelsOwnSampler([ValueSource(nameof(Samplers))] GridSampler sampler, [Values] bool saved)
    {
        using var folder = new TemporaryFolder();
        using var made = new DiffusionBuilder().WithUNet(UNetOptions.Tiny).WithSampler(sampler).Build();
        made.Save(folder.Path);
        using var read = Diffusion.FromPretrained(folder.Path);
        var diffusion = saved ? read : made;
        var chosen = (GridSampler)Chosen(diffusion, "--sample_steps", "7")!;
        var (path, expected) = (diffusion.Process.Path, OfSeven(sampler));
        Assert.That(chosen with { Spacing = TimestepSpacing.All }, Is.EqualTo(sampler with { Spacing = TimestepSpacing.All }));
        Assert.That(chosen.Spacing.Select(path).Select(point => point.T), Is.EqualTo(expected.Select(path).Select(point => point.T)).Within(1e-6));
    }

    [Test]
    public void SampleSteps_WithAllSteps_AreTrailing()
    {
        using var diffusion = new DiffusionBuilder().WithUNet(UNetOptions.Tiny).Build();
        var chosen = (AncestralSampler)Chosen(diffusion, "--sample_steps", "4")!;
        Assert.That(chosen.Variance, Is.EqualTo(AncestralVariance.FixedLarge));
        Assert.That(chosen.Spacing.Select(diffusion.Process.Path).Select(point => point.T), Is.EqualTo(new[] { 999, 749, 499, 249 }));
    }

    [Test]
    public void SampleSteps_OfASamplerOfOnesOwn_IsRefused()
    {
        using var diffusion = new DiffusionBuilder().WithUNet(UNetOptions.Tiny).WithSampler(new StraightSampler(TimestepSpacing.Trailing(5))).Build();
        Assert.That(() => Chosen(diffusion, "--sample_steps", "4"),
            Throws.ArgumentException.With.Message.Contains("--sample_steps").And.Message.Contains("StraightSampler"));
    }

    [Test]
    public void Sampler_Named_TakesItsStepsOrFifty()
    {
        using var diffusion = new DiffusionBuilder().WithUNet(UNetOptions.Tiny).Build();
        Assert.That(Chosen(diffusion), Is.Null);
        Assert.That(((GridSampler)Chosen(diffusion, "--sampler", "heun")!).Spacing.Count, Is.EqualTo(50));
        Assert.That(((HeunSampler)Chosen(diffusion, "--sampler", "heun", "--sample_steps", "9")!).Spacing.Count, Is.EqualTo(9));
    }

    private static TimestepSpacing OfSeven(GridSampler sampler) => sampler switch
    {
        AncestralSampler => TimestepSpacing.Trailing(7),
        HeunSampler => TimestepSpacing.Karras(7),
        DpmSolver => TimestepSpacing.Linspace(7, excludeLast: true),
        _ => TimestepSpacing.Leading(7),
    };

    private static ISampler? Chosen(Diffusion diffusion, params string[] arguments)
    {
        var flags = new SamplerFlags();
        var command = new RootCommand();
        flags.AddTo(command);
        return flags.Of(command.Parse(arguments), diffusion);
    }
}
