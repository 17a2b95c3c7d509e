using static TorchSharp.torch;

namespace Ddpm.Tests.Models;

/// <summary>How many evaluations of the network inpainting takes.</summary>
public class InpaintingCostTests
{
    private static int Evaluations(Func<DiffusionBuilder, DiffusionBuilder> with, InpaintingOptions? inpainting = null, ISampler? sampler = null)
    {
        using var scope = NewDisposeScope();
        var asked = 0;
        var denoiser = new FormulaDenoiser((x, _) =>
        {
            asked++;
            return x * 0.1;
        });
        using var model = with(new DiffusionBuilder().WithDenoiser(denoiser, new ImageShape(1, 2, 2))).Build();
        var steps = 0;
        model.Inpaint(zeros(1, 1, 2, 2), ones(1, 1, 2, 2, ScalarType.Bool), inpainting, new() { Sampler = sampler },
            new Direct<SamplingProgress>(_ => steps++));
        Assert.That(steps, Is.LessThanOrEqualTo(asked));
        return asked;
    }

    // One that visits its last step, where inpainting starts, as others do not.
    private static DiffusionBuilder Trailing(DiffusionBuilder builder, int steps) =>
        builder.WithSampler(new DdimSampler(steps) { Spacing = TimestepSpacing.Trailing(steps) });

    private static DiffusionBuilder Usual(DiffusionBuilder builder) => builder;

    [Test]
    public void ByDefault_ASamplerOfAThousandStepsTakesFourHundred()
    {
        Assert.That(Evaluations(Usual), Is.EqualTo(400));
        Assert.That(Evaluations(Usual, new()), Is.EqualTo(400));
        Assert.That(Evaluations(b => Trailing(b, 250)), Is.EqualTo(400));
        Assert.That(Evaluations(b => b.WithFlowMatching().WithEuler(300)), Is.EqualTo(400));
        Assert.That(Evaluations(b => b.WithDdim(250)), Is.EqualTo(404));         // its steps end before the last one, which is then another
    }

    [Test]
    public void ByDefault_ASamplerOfFewerStepsKeepsThem()
    {
        Assert.That(Evaluations(b => Trailing(b, 50)), Is.EqualTo(200));
        Assert.That(Evaluations(b => Trailing(b, 100)), Is.EqualTo(400));
        Assert.That(Evaluations(b => b.WithLinearSchedule(30)), Is.EqualTo(120));
    }

    // Two evaluations a step, but one for the last step to x_0 of each taking of the last stretch.
    [Test]
    public void ASamplerOfTwoEvaluationsAStep_TakesTwiceAsMany() =>
        Assert.That(Evaluations(b => b.WithHeun(300)), Is.EqualTo(800 - 4));

    [Test]
    public void Paper_IsTenTimesAtMost250Steps()
    {
        Assert.That(Evaluations(Usual, InpaintingOptions.Paper), Is.EqualTo(2500));
        Assert.That(InpaintingOptions.Paper, Is.EqualTo(new InpaintingOptions { JumpLength = 10, Resamplings = 10, MaximumSteps = 250 }));
    }

    [Test]
    public void ASamplerThatIsGiven_OrNoLimit_TakesAllOfTheSteps()
    {
        var given = new DdimSampler(150) { Spacing = TimestepSpacing.Trailing(150) };
        Assert.That(Evaluations(Usual, new() { Resamplings = 2 }, given), Is.EqualTo(300));
        Assert.That(Evaluations(Usual, null, given), Is.EqualTo(600));
        Assert.That(Evaluations(b => Trailing(b, 150), new() { Resamplings = 2, MaximumSteps = null }), Is.EqualTo(300));
        Assert.That(Evaluations(b => Trailing(b, 150), new() { Resamplings = 1, MaximumSteps = 20 }), Is.EqualTo(20));
    }

    [Test]
    public void MaximumSteps_OutOfRange_IsRefused() =>
        Assert.That(() => new InpaintingOptions { MaximumSteps = 0 },
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("MaximumSteps"));
}
