using Ddpm.Samplers;
using Ddpm.Schedules;
using Ddpm.Training;

namespace Ddpm;

public sealed partial class DiffusionBuilder
{
    /// <inheritdoc cref="LinearSchedule(int, double?, double?)"/>
    public DiffusionBuilder WithLinearSchedule(int steps = 1000, double? first = null, double? last = null) =>
        WithSchedule(new LinearSchedule(steps, first, last));

    /// <inheritdoc cref="CosineSchedule(int)"/>
    public DiffusionBuilder WithCosineSchedule(int steps = 1000) => WithSchedule(new CosineSchedule(steps));

    /// <inheritdoc cref="ScaledLinearSchedule(int, double?, double?)"/>
    public DiffusionBuilder WithScaledLinearSchedule(int steps = 1000, double? first = null, double? last = null) =>
        WithSchedule(new ScaledLinearSchedule(steps, first, last));

    /// <inheritdoc cref="SigmoidSchedule(int, double?, double?)"/>
    public DiffusionBuilder WithSigmoidSchedule(int steps = 1000, double? first = null, double? last = null) =>
        WithSchedule(new SigmoidSchedule(steps, first, last));

    /// <inheritdoc cref="LaplaceSchedule(int)"/>
    public DiffusionBuilder WithLaplaceSchedule(int steps = 1000) => WithSchedule(new LaplaceSchedule(steps));

    /// <inheritdoc cref="TabulatedSchedule(IEnumerable{double})"/>
    public DiffusionBuilder WithBetas(IEnumerable<double> betas) => WithSchedule(new TabulatedSchedule(betas));

    /// <summary>
    /// EDM (Karras et al. 2022): levels ρ from 0.002 to 80, a network F with their preconditioning, training levels ln ρ ~ N(-1.2, 1.2²), and Heun's
    /// method over 18 of their levels; x_0 is not clipped. Any sampler can follow.
    /// </summary>
    /// <param name="sigmaData">The deviation of the data; 0.5 for images in [-1, 1].</param>
    /// <param name="steps">T of the ladder of levels, which grids of steps are counted on.</param>
    public DiffusionBuilder WithEdm(double sigmaData = 0.5, int steps = 1000)
    {
        var schedule = new EdmSchedule(steps);
        return WithSchedule(schedule)
            .WithPrediction(new PredictorOptions { Parameterization = Parameterization.Edm(sigmaData), Clip = null })
            .WithTrainingLevels(TrainingLevels.LogNormalRho())
            .WithSampler(new HeunSampler(18) { Spacing = TimestepSpacing.Karras(18, schedule.HighestRho, schedule.LowestRho) });
    }

    /// <summary>
    /// Flow matching on straight lines (Liu et al. 2023; Lipman et al. 2023): a network that says ε - x_0 by (1 - τ) x_0 + τ ε, told 1000 τ, training
    /// levels τ ~ U(0, 1), and Euler's method over 28 times; both shifted. x_0 is not clipped. Any sampler can follow.
    /// </summary>
    /// <param name="shift">τ' = s τ/(1 + (s - 1) τ) (Esser et al. 2024): above 1 for larger images. 1: not shifted.</param>
    /// <param name="steps">T, which grids of steps are counted on.</param>
    public DiffusionBuilder WithFlowMatching(double shift = 1, int steps = 1000) =>
        WithSchedule(new FlowMatchingSchedule(steps, shift))
            .WithPrediction(new PredictorOptions { Parameterization = Parameterization.Flow(), Clip = null })
            .WithTrainingLevels(TrainingLevels.UniformTime(shift))
            .WithSampler(new EulerSampler(28) { Spacing = TimestepSpacing.FlowTime(28, shift) });
}
