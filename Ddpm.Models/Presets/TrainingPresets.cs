using Ddpm.Networks;
using Ddpm.Parameterizations;
using Ddpm.Samplers;
using Ddpm.Schedules;
using Ddpm.Training;

namespace Ddpm;

/// <summary>Published trainings of CIFAR-10, as near as this library comes to them. Each says what differs.</summary>
public static class TrainingPresets
{
    private const string OwnFirstWeights =
        "Fresh weights are Ho et al.'s (Glorot and Bengio 2010, and zero for the last layer of every block), not PyTorch's own.";

    /// <summary>Ho et al. 2020, with <see cref="TrainingOptions.Paper"/>, which are the defaults.</summary>
    public static TrainingPreset Paper { get; } = new()
    {
        Name = "paper",
        Source = "Ho et al. 2020, \"Denoising Diffusion Probabilistic Models\", section 4 and appendix B; hojonathanho/diffusion, scripts/run_cifar.py",
        Options = TrainingOptions.Paper,
        Schedule = new LinearSchedule(),
        Network = UNetOptions.Cifar10,
        Prediction = new(),
        Sampler = new AncestralSampler(),
        Differences =
        [
            "The average's decay grows as (1 + k)/(10 + k) to 0.9999, which it reaches after 89,990 steps; theirs is 0 at the first step and 0.9999 "
            + "from the second on, which is AverageProfile.WarmUp(0.9999, minimum: 0.9999). After 800,000 steps nothing is left of the difference.",
            "The learning rate of the first step is 1/5,000 of the full one, and the full one comes at step 5,000; theirs is 0 at the first step, "
            + "which so changes nothing, and every step's is that of our step before.",
            "The gradient of the whole batch is clipped to a norm of 1; theirs is clipped to 1/n on each of n TPU cores, by its share of the batch, "
            + "and then added up.",
            "Adam's ε of 1e-8 is added to the root of the corrected mean of squares, as in Kingma and Ba's algorithm 1; TensorFlow's is added before "
            + "the correction and so counts 1/√(1 - 0.999^k) times as much, 32 times at the first step.",
            "The model is that of the last step; theirs is that of the lowest FID on the way.",
        ],
    };

    /// <summary>The reference programs (MingtaoGuo/DDPM_pytorch), with <see cref="TrainingOptions.ReferencePrograms"/> for their 500
    /// epochs.</summary>
    public static TrainingPreset ReferencePrograms { get; } = new()
    {
        Name = "reference programs",
        Source = "MingtaoGuo/DDPM_pytorch, train --data_type cifar10 --batchsize 128 --epoch 500",
        Options = TrainingOptions.ReferencePrograms with { Steps = 500 * (50_000 / 128) },
        Schedule = new LinearSchedule(),
        Network = UNetOptions.ReferencePrograms,
        Prediction = new() { Clip = null },
        Sampler = new AncestralSampler(AncestralVariance.FixedSmall),
        Differences =
        [
            OwnFirstWeights,
            "Samples drawn during training are drawn without dropout; theirs with it.",
        ],
    };

    /// <summary>
    /// Nichol and Dhariwal 2021: L_hybrid with a learned variance and a cosine schedule of 4,000 steps. The average is theirs, constant from the
    /// first step on, and there is no warm-up.
    /// </summary>
    public static TrainingPreset ImprovedDdpm { get; } = new()
    {
        Name = "improved DDPM",
        Source = "Nichol and Dhariwal 2021, \"Improved Denoising Diffusion Probabilistic Models\", section 3 and appendix A; openai/improved-diffusion, "
            + "README, unconditional CIFAR-10 with L_hybrid",
        Options = new()
        {
            Steps = 500_000,
            BatchSize = 128,
            LearningRate = 1e-4,
            WarmupSteps = 0,
            GradientClip = null,
            Averages = [AverageProfile.Constant(0.9999)],
            BoundWeight = 0.001,
            HorizontalFlip = false,
        },
        Schedule = new CosineSchedule(4000),
        Network = new()
        {
            OutputChannels = 6,
            BlocksPerLevel = 3,
            AttentionResolutions = [16, 8],
            Heads = 4,
            NormEpsilon = 1e-5,
            Dropout = 0.3,
            ScaleShift = true,
            DownsamplePadding = DownsamplePadding.BothSides,
            Time = new() { CosineFirst = true, FrequencyShift = 0 },
        },
        // Their steps are told as if there were 1,000 (rescale_timesteps).
        Prediction = new() { Parameterization = new() { Variance = LearnedVariance.Range, TimeFactor = 0.25 } },
        Sampler = new AncestralSampler(),
        Differences =
        [
            OwnFirstWeights,
            "Adam stands for their AdamW, whose weight decay is 0: the two are then the same.",
        ],
    };

    /// <summary>
    /// Karras et al. 2022, unconditional, with the network that comes nearest to DDPM++. The average is theirs: a half-life of 500,000 images, at
    /// most
    /// a twentieth of those seen.
    /// </summary>
    public static TrainingPreset Edm { get; } = new()
    {
        Name = "EDM",
        Source = "Karras et al. 2022, \"Elucidating the Design Space of Diffusion-Based Generative Models\", section 5; NVlabs/edm, "
            + "train.py --arch=ddpmpp, its defaults",
        Options = new()
        {
            Steps = 200_000_000 / 512,
            BatchSize = 512,
            LearningRate = 1e-3,
            WarmupSteps = 10_000_000 / 512,
            GradientClip = null,
            Averages = [AverageProfile.HalfLife()],
            Levels = TrainingLevels.LogNormalRho(),
            HorizontalFlip = false,
        },
        Schedule = new EdmSchedule(),
        Network = new()
        {
            Multipliers = [2, 2, 2],
            BlocksPerLevel = 4,
            Dropout = 0.13,
            Downsampling = [Resampling.ResidualBlock, Resampling.ResidualBlock],
            Upsampling = [Resampling.ResidualBlock, Resampling.ResidualBlock],
        },
        Prediction = new() { Parameterization = Parameterization.Edm(), Clip = null },
        Sampler = new HeunSampler(18) { Spacing = TimestepSpacing.Karras(18, new EdmSchedule().HighestRho, new EdmSchedule().LowestRho) },
        Differences =
        [
            "Images are not augmented; theirs are mirrored half of the time and, each with a probability of 12 %, flipped, scaled, turned, stretched "
            + "and moved, and the network is told how.",
            "The learning rate of the first step is 1/19,531 of the full one; theirs is 0 at the first step, which so changes nothing, and every "
            + "step's is that of our step before.",
            "A step whose gradient is not finite is skipped; theirs takes 0 for NaN and ±100,000 for infinities.",
            "The loss is a mean over the 3,072 values of an image, theirs a sum: Adam takes the same steps, but here its ε of 1e-8 counts 3,072 times "
            + "as much.",
            "The residual blocks' sums are not divided by √2, and on the way up attention follows every block at 16 x 16, not the last one alone.",
            "Fresh weights are Ho et al.'s (zero for the last layer of every block), where theirs are 1e-5 times those of Glorot and Bengio 2010.",
        ],
    };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<TrainingPreset> All { get; } = [Paper, ReferencePrograms, ImprovedDdpm, Edm];
}
