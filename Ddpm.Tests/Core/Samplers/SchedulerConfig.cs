using System.Text.Json;

namespace Ddpm.Tests.Core.Samplers;

/// <summary>A scheduler's configuration, as diffusers records it, in this library's terms.</summary>
internal sealed class SchedulerConfig(JsonElement recording)
{
    private readonly JsonElement config = recording.GetProperty("all_config");

    private string Class => recording.GetProperty("class").GetString()!;

    private int Count => recording.TryGetProperty("steps", out var steps) ? steps.GetInt32() : 0;

    /// <summary>Whether the recorded states keep the image's size: x/α in our terms.</summary>
    internal bool IsInRho => Class.StartsWith("Euler") || Class.StartsWith("EDM") || Class.StartsWith("Heun") || Class.StartsWith("LMS") || Class.StartsWith("KDPM2");

    internal string Variance => Text("variance_type") ?? "";

    internal INoiseSchedule Schedule()
    {
        INoiseSchedule schedule = Of("trained_betas") is { ValueKind: JsonValueKind.Array } betas
            ? new TabulatedSchedule(betas.EnumerateArray().Select(beta => beta.GetDouble()))
            : Text("beta_schedule") switch
            {
                "scaled_linear" => new ScaledLinearSchedule(Whole("num_train_timesteps"), Number("beta_start"), Number("beta_end")),
                "squaredcos_cap_v2" => new CosineSchedule(Whole("num_train_timesteps")),
                "sigmoid" => new SigmoidSchedule(Whole("num_train_timesteps"), Number("beta_start"), Number("beta_end")),
                "laplace" => new LaplaceSchedule(Whole("num_train_timesteps")),
                null => new LinearSchedule(),
                _ => new LinearSchedule(Whole("num_train_timesteps"), Number("beta_start"), Number("beta_end")),
            };
        schedule = SinglePrecision(schedule);
        return Flag("rescale_betas_zero_snr") ? new ZeroTerminalSnrSchedule(schedule) : schedule;
    }

    // The originals' tables: beta, 1 - beta and each ᾱ rounded to float32, the running product in double. It decides some truncated steps.
    private static TabulatedSchedule SinglePrecision(INoiseSchedule schedule)
    {
        var (product, previous) = (1.0, 1.0);
        return new TabulatedSchedule(schedule.Betas.Select(beta =>
        {
            product *= 1 - (float)beta;
            var before = previous;
            previous = (float)product;
            return 1 - previous / before;
        }));
    }

    internal PredictorOptions Options() => new()
    {
        Type = Class.StartsWith("EDM") || Class == "IPNDMScheduler" ? PredictionType.V : Text("prediction_type") switch
        {
            "sample" => PredictionType.X0,
            "v_prediction" => PredictionType.V,
            _ => PredictionType.Epsilon,
        },
        Clip = Flag("clip_sample") ? Number("clip_sample_range") : null,
        Threshold = Flag("thresholding") ? new() { Ratio = Number("dynamic_thresholding_ratio"), Maximum = Number("sample_max_value") } : null,
        Input = Class.StartsWith("EDM") ? NetworkInput.Edm
            : Class == "IPNDMScheduler" ? new() { Told = at => 2 / Math.PI * Math.Atan(at.Rho) }
            : NetworkInput.Step,
    };

    internal GridSampler Sampler()
    {
        GridSampler sampler = Class switch
        {
            "DDPMScheduler" => new AncestralSampler(Variance switch
            {
                "fixed_large" => AncestralVariance.FixedLarge,
                "learned" => AncestralVariance.Learned,
                "learned_range" => AncestralVariance.LearnedRange,
                _ => AncestralVariance.FixedSmall,
            }),
            "DDIMScheduler" => new DdimSampler { Eta = Argument("eta") ?? 0, UseClippedOutput = recording.TryGetProperty("step", out var step) && step.TryGetProperty("use_clipped_model_output", out _) },
            "DDIMInverseScheduler" => new DdimInversion(),
            "PNDMScheduler" => new PndmSampler { SkipRungeKutta = Flag("skip_prk_steps") },
            "IPNDMScheduler" => new IpndmSampler(),
            "DPMSolverMultistepScheduler" or "EDMDPMSolverMultistepScheduler" => new DpmSolver
            {
                DataPrediction = Text("algorithm_type") != "dpmsolver",
                Eta = Text("algorithm_type")!.StartsWith("sde") ? 1 : 0,
                Solver = Text("solver_type") == "heun" ? DpmSolverType.Heun : DpmSolverType.Midpoint,
                EulerAtFinal = Flag("euler_at_final"),
            },
            "DPMSolverSinglestepScheduler" => new DpmSolverSinglestep(),
            "UniPCMultistepScheduler" => new UniPcSolver
            {
                Variant = Text("solver_type") == "bh1" ? UniPcVariant.Bh1 : UniPcVariant.Bh2,
                Uncorrected = [.. Of("disable_corrector")!.Value.EnumerateArray().Select(i => i.GetInt32())],
            },
            "DEISMultistepScheduler" => new DeisSolver(),
            "SASolverScheduler" => new SaSolver { Order = Whole("predictor_order"), CorrectorOrder = Whole("corrector_order") },
            "EulerDiscreteScheduler" => new EulerSampler { Churn = Churn() },
            "EulerAncestralDiscreteScheduler" => new EulerSampler { Eta = 1 },
            "EDMEulerScheduler" => new EulerSampler(),
            "HeunDiscreteScheduler" => new HeunSampler(),
            "LMSDiscreteScheduler" => new LmsSampler(),
            "KDPM2DiscreteScheduler" => new Dpm2Sampler(),
            "KDPM2AncestralDiscreteScheduler" => new Dpm2Sampler { Eta = 1 },
            _ => throw new InvalidOperationException(Class),
        };
        if (sampler is LambdaSampler lambda)
            sampler = lambda with { Order = Of("solver_order")?.GetInt32() ?? lambda.Order, LowerOrderFinal = Flag("lower_order_final") };
        var endsAtFirstStep = Text("final_sigmas_type") == "sigma_min" || Class.StartsWith("DEIS") || Class.StartsWith("SA") || Of("set_alpha_to_one")?.GetBoolean() == false;
        return sampler with { Spacing = Spacing(sampler), Compatible = true, End = endsAtFirstStep ? SamplingEnd.FirstStep : SamplingEnd.Data };
    }

    private TimestepSpacing Spacing(GridSampler sampler)
    {
        if (Class == "IPNDMScheduler")
            return TimestepSpacing.Levels([.. Enumerable.Range(0, Count).Select(j => Math.Pow(Math.Sin(Math.PI / 2 * (1 - (double)j / Count)), 2)).Select(σ => σ / Math.Sqrt(1 - σ * σ))]);
        if (Class.StartsWith("EDM"))
            return TimestepSpacing.Karras(Count, Number("sigma_max"), Number("sigma_min"), Number("rho"));
        if (Count == 0)
            return TimestepSpacing.List([.. recording.GetProperty("timesteps").EnumerateArray().Select(t => (int)t.GetDouble())]);
        if (Flag("use_karras_sigmas"))
            return TimestepSpacing.Karras(Count);
        if (Flag("use_exponential_sigmas"))
            return TimestepSpacing.Exponential(Count);
        if (Flag("use_lu_lambdas"))       // the same levels, but rounded to other steps
            return TimestepSpacing.Levels([.. TimestepSpacing.Exponential(Count).Select(new DiffusionPath(Schedule())).Select(point => point.Rho)]);
        var fenced = sampler is LambdaSampler;
        return (Text("timestep_spacing") ?? "linspace") switch
        {
            "leading" => TimestepSpacing.Leading(Count, Whole("steps_offset"), fenced),
            "trailing" => TimestepSpacing.Trailing(Count),
            _ => TimestepSpacing.Linspace(Count, fenced, whole: !IsInRho),
        };
    }

    private Churn? Churn() => Argument("s_churn") is { } amount
        ? new() { Amount = amount, LowestRho = Argument("s_tmin")!.Value, HighestRho = Argument("s_tmax")!.Value, Noise = Argument("s_noise")!.Value }
        : null;

    private double? Argument(string name) => recording.TryGetProperty("step", out var step) && step.TryGetProperty(name, out var value) ? value.GetDouble() : null;

    private JsonElement? Of(string name) => config.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private string? Text(string name) => Of(name)?.GetString();

    private bool Flag(string name) => Of(name)?.GetBoolean() ?? false;

    private int Whole(string name) => Of(name)!.Value.GetInt32();

    private double Number(string name) => Of(name)!.Value.GetDouble();
}
