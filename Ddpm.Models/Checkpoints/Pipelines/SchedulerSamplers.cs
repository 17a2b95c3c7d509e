using Ddpm.Samplers;

namespace Ddpm;

/// <summary>The settings of each scheduler of diffusers, without the steps.</summary>
internal static class SchedulerSamplers
{
    internal static GridSampler Ddpm(PipelineConfig config, PretrainedOptions given) =>
        new AncestralSampler(Variance(config).Fixed);

    internal static (AncestralVariance Fixed, LearnedVariance Learned) Variance(PipelineConfig config) =>
        config.Choice("variance_type", "fixed_small", PipelineNames.Variances);

    internal static GridSampler Ddim(PipelineConfig config, PretrainedOptions given) => new DdimSampler
    {
        Eta = given.Eta ?? 0,
        UseClippedOutput = given.UseClippedOutput,
        End = EndByAlpha(config, fallback: true),
    };

    internal static GridSampler DdimInverse(PipelineConfig config, PretrainedOptions given) =>
        new DdimInversion { End = EndByAlpha(config, fallback: true) };

    internal static GridSampler Pndm(PipelineConfig config, PretrainedOptions given) =>
        new PndmSampler { SkipRungeKutta = config.Flag("skip_prk_steps", false), End = EndByAlpha(config, fallback: false) };

    internal static GridSampler DpmSolver(PipelineConfig config, PretrainedOptions given)
    {
        CheckUnlimited(config);
        var (byData, eta) = config.Choice("algorithm_type", "dpmsolver++",
            ("dpmsolver++", (true, 0)), ("dpmsolver", (false, 0)), ("sde-dpmsolver++", (true, 1)), ("deis", (true, 0)));
        return new DpmSolver
        {
            Order = config.Integer("solver_order", 2),
            DataPrediction = byData,
            Eta = eta,
            Solver = SolverType(config),
            LowerOrderFinal = config.Flag("lower_order_final", true),
            EulerAtFinal = config.Flag("euler_at_final", false),
            End = EndBySigma(config),
        };
    }

    internal static GridSampler DpmSolverSinglestep(PipelineConfig config, PretrainedOptions given)
    {
        CheckUnlimited(config);
        return new DpmSolverSinglestep
        {
            Order = config.Integer("solver_order", 2),
            DataPrediction = config.Choice("algorithm_type", "dpmsolver++", ("dpmsolver++", true), ("dpmsolver", false), ("deis", true)),
            Solver = SolverType(config),
            LowerOrderFinal = config.Flag("lower_order_final", false),
            End = EndBySigma(config),
        };
    }

    internal static GridSampler UniPc(PipelineConfig config, PretrainedOptions given) => new UniPcSolver
    {
        Order = config.Integer("solver_order", 2),
        DataPrediction = config.Flag("predict_x0", true),
        Variant = config.Choice("solver_type", "bh2",
            ("bh2", UniPcVariant.Bh2), ("bh1", UniPcVariant.Bh1),
            ("midpoint", UniPcVariant.Bh2), ("heun", UniPcVariant.Bh2), ("logrho", UniPcVariant.Bh2)),
        LowerOrderFinal = config.Flag("lower_order_final", true),
        Uncorrected = config.Integers("disable_corrector", []) ?? [],
        End = EndBySigma(config),
    };

    internal static GridSampler Deis(PipelineConfig config, PretrainedOptions given) => new DeisSolver
    {
        Order = config.Integer("solver_order", 2),
        LowerOrderFinal = config.Flag("lower_order_final", true),
    };

    internal static GridSampler SaSolver(PipelineConfig config, PretrainedOptions given)
    {
        _ = config.Choice("algorithm_type", "data_prediction", ("data_prediction", true));
        return new SaSolver
        {
            Order = config.Integer("predictor_order", 2),
            CorrectorOrder = config.Integer("corrector_order", 2),
            LowerOrderFinal = config.Flag("lower_order_final", true),
        };
    }

    internal static GridSampler Euler(PipelineConfig config, PretrainedOptions given)
    {
        _ = config.Choice("interpolation_type", "linear", ("linear", true));
        _ = config.Choice("timestep_type", "discrete", ("discrete", true));
        return new EulerSampler { End = EndBySigma(config) };
    }

    // logrho and the names of UniPC are turned into midpoint there.
    private static DpmSolverType SolverType(PipelineConfig config) => config.Choice("solver_type", "midpoint",
        ("midpoint", DpmSolverType.Midpoint), ("heun", DpmSolverType.Heun),
        ("logrho", DpmSolverType.Midpoint), ("bh1", DpmSolverType.Midpoint), ("bh2", DpmSolverType.Midpoint));

    // From the file comes null for Python's -Infinity: no limit.
    private static void CheckUnlimited(PipelineConfig config)
    {
        if (config.NumberOrNull("lambda_min_clipped") is not null)
            throw config.Wrong("lambda_min_clipped", "-Infinity");
    }

    private static SamplingEnd EndByAlpha(PipelineConfig config, bool fallback) =>
        config.Flag("set_alpha_to_one", fallback) ? SamplingEnd.Data : SamplingEnd.FirstStep;

    private static SamplingEnd EndBySigma(PipelineConfig config) =>
        config.Choice("final_sigmas_type", "zero", ("zero", SamplingEnd.Data), ("sigma_min", SamplingEnd.FirstStep));
}
