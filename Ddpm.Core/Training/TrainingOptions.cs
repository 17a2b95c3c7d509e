using Ddpm.Networks;
using Ddpm.Training;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>How a network is trained. The defaults are the paper's recipe for CIFAR-10 (Ho et al. 2020, section 4 and appendix B).</summary>
public sealed record TrainingOptions
{
    /// <summary>Optimiser steps, ≥ 1. 800,000 by default.</summary>
    public int Steps { get; init; } = 800_000;

    /// <summary>Images a step, ≥ 1. 128 by default.</summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>Whether the last, smaller batch of an epoch is left out. Yes by default.</summary>
    public bool DropLast { get; init; } = true;

    /// <summary>Adam's learning rate, &gt; 0. 2e-4 by default.</summary>
    public double LearningRate { get; init; } = 2e-4;

    /// <summary>Steps over which the learning rate rises linearly from 0, ≥ 0. 5,000 by default.</summary>
    public int WarmupSteps { get; init; } = 5_000;

    /// <summary>
    /// What the learning rate falls to after the warm-up, along a half cosine, 0 to <see cref="LearningRate"/>. null by default: it stays.
    /// </summary>
    public double? FinalLearningRate { get; init; }

    /// <summary>The gradient's norm is clipped to this, &gt; 0; null: not clipped. 1 by default.</summary>
    public double? GradientClip { get; init; } = 1;

    /// <summary>How the gradient changes the weights. <see cref="OptimizerRule.Adam"/> by default.</summary>
    public OptimizerRule Optimizer
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Optimizer));
    } = OptimizerRule.Adam();

    /// <summary>
    /// Decay of the moving average of the weights, 0 to below 1; early on (1 + k)/(10 + k) after k steps if that is less
    /// (<see cref="AverageProfile.Ramped"/>). 0.9999 by default; 0: no averaging. Not used where <see cref="Averages"/> are given.
    /// </summary>
    public double EmaDecay { get; init; } = 0.9999;

    /// <summary>
    /// Other moving averages, any number of them, none twice; the network holds the first one when the run ends. null by default: that of
    /// <see cref="EmaDecay"/> alone.
    /// </summary>
    public IReadOnlyList<AverageProfile>? Averages { get; init => field = EquatableList.Of(value); }

    /// <summary>
    /// Images that the network sees at once, ≥ 1: a batch is computed in parts of as many, whose gradients are added, so that it takes less memory.
    /// The result is that of the whole batch but for rounding. null by default: the batch in one.
    /// </summary>
    public int? MicroBatchSize { get; init; }

    /// <summary>
    /// In which type the network computes. <see cref="TrainingPrecision.Float32"/> by default. With <see cref="TrainingPrecision.BFloat16"/> its
    /// weights are float32 all the same between the steps and after the run, as its averages and what is saved.
    /// </summary>
    public TrainingPrecision Precision
    {
        get;
        init => field = EnumArgument.Check(value, nameof(Precision), "The precision");
    }

    /// <summary>
    /// Whether parts of the network that can (<see cref="ICheckpointedModule"/>) forget what they computed until the gradient asks for it, and then
    /// compute it again: less memory for one more pass forward, and the same result. No by default.
    /// </summary>
    public bool ActivationCheckpointing { get; init; }

    /// <summary>
    /// Whether processes that train together (<see cref="Trainer.GradientSync"/>) share the update: each keeps the optimiser's moments and the
    /// averages of its own slice of the weights alone, updates that slice and hands it to the others. It takes less memory and gives the same result.
    /// All need the same; a process alone updates everything. Not for rules that need all weights at once
    /// (<see cref="OptimizerRule.WorksOnSlices"/>). No by default.
    /// </summary>
    public bool ShardOptimizer { get; init; }

    /// <summary>
    /// Steps one after the other, ≥ 0, whose loss or gradient is not finite and which are skipped, the weights as they were, before training ends
    /// with <see cref="TrainingDivergedException"/>. 10 by default; 0: the first one ends it.
    /// </summary>
    public int MaximumSkips { get; init; } = 10;

    /// <summary>
    /// Steps, ≥ 1, after which their losses and norms are read from the device, which waits for it. null by default: 1 on the CPU, where nothing
    /// waits, and 10 elsewhere. Levels that go by the losses (<see cref="TrainingLevels.Importance"/>) read every step.
    /// </summary>
    public int? ReadEvery { get; init; }

    /// <summary>The loss. <see cref="LossKind.L2"/> by default.</summary>
    public LossKind Loss { get; init; } = LossKind.L2;

    /// <inheritdoc cref="TrainingLoss.Space"/>
    public PredictionType? LossSpace { get; init; }

    /// <inheritdoc cref="TrainingLoss.Weighting"/>
    public LossWeighting Weighting { get; init; } = LossWeighting.None;

    /// <inheritdoc cref="TrainingLoss.BoundWeight"/>
    public double BoundWeight { get; init; }

    /// <inheritdoc cref="TrainingLoss.Variance"/>
    public AncestralVariance Variance { get; init; }

    /// <summary>
    /// Which points of the path are drawn. null by default: those of the model, which are uniform steps unless it was built for others
    /// (<see cref="TrainingLevels"/>).
    /// </summary>
    public TrainingLevels? Levels { get; init; }

    /// <summary>Whether half of the images are mirrored left to right. Yes by default.</summary>
    public bool HorizontalFlip { get; init; } = true;

    /// <summary>
    /// How much of one draw for all pixels of an image's channel is added to ε, ≥ 0, so that the network learns to change whole images'
    /// brightness (Guttenberg 2023, 0.1). 0 by default: none.
    /// </summary>
    public double OffsetNoise { get; init; }

    /// <summary>
    /// Probability, 0 to 1, with which the null class takes a label's place, or zeros an embedding's, for guidance (Ho and Salimans 2022, who use 0.1
    /// to 0.2). 0 by default.
    /// </summary>
    public double LabelDropout { get; init; }

    /// <summary>
    /// Share of the steps, 0 to 1, in which a network that takes an estimate of x_0 (<see cref="NetworkTraits.TakesEstimate"/>) is asked twice: first
    /// without, then shown the x_0 that it said. Not used for other networks. 0.5 by default (Chen et al. 2022, section 3.2).
    /// </summary>
    public double SelfConditioningRate { get; init; } = 0.5;

    /// <summary>
    /// Makes the image that the network sees beside x (<see cref="Conditioning.Image"/>) out of x_0, [N, C, H, W] to [N, C', H, W] on the same
    /// device: a blurred one, say, to learn to sharpen. null by default, which networks without such an image need.
    /// </summary>
    public Func<Tensor, Tensor>? ConditionImage { get; init; }

    /// <summary>
    /// From this follow the order of the images, the steps t, flips, noise, dropout and which steps show an estimate. 0 by default.
    /// </summary>
    public ulong Seed { get; init; }

    /// <summary>What to do with a model that is trained already. <see cref="WhenTrained.Refuse"/> by default.</summary>
    public WhenTrained IfTrained { get; init; }

    /// <summary>The paper's recipe.</summary>
    public static TrainingOptions Paper { get; } = new();

    /// <summary>The reference programs': SmoothL1, no warm-up, clipping, averaging or flips. They count 500 epochs.</summary>
    public static TrainingOptions ReferencePrograms { get; } = new()
    {
        WarmupSteps = 0,
        GradientClip = null,
        EmaDecay = 0,
        Loss = LossKind.SmoothL1,
        HorizontalFlip = false,
    };

    /// <summary>The learning rate of a step.</summary>
    /// <param name="step">0-based.</param>
    public double LearningRateAt(int step)
    {
        if (step < WarmupSteps)
            return LearningRate * (step + 1) / WarmupSteps;
        var progress = (double)(step - WarmupSteps) / Math.Max(Steps - WarmupSteps, 1);
        var final = FinalLearningRate ?? LearningRate;
        return final + (LearningRate - final) * (1 + Math.Cos(Math.PI * Math.Min(progress, 1))) / 2;
    }

    /// <summary>The moving averages that a run keeps, the first of which is what it brings; none: the weights as they are in the end.</summary>
    internal IReadOnlyList<AverageProfile> AveragesKept => Averages ?? (EmaDecay > 0 ? [AverageProfile.Ramped(EmaDecay)] : []);

    internal void Check()
    {
        RuleArgument.Check(Steps >= 1, nameof(Steps), Steps, "at least 1");
        RuleArgument.Check(BatchSize >= 1, nameof(BatchSize), BatchSize, "at least 1");
        RuleArgument.Check(LearningRate is > 0 and < double.PositiveInfinity, nameof(LearningRate), LearningRate, "above 0 and finite");
        RuleArgument.Check(WarmupSteps >= 0, nameof(WarmupSteps), WarmupSteps, "at least 0");
        RuleArgument.Check(
            FinalLearningRate is null || (FinalLearningRate >= 0 && FinalLearningRate <= LearningRate),
            nameof(FinalLearningRate), FinalLearningRate, $"in 0..{LearningRate}, the learning rate, or null");
        RuleArgument.Check(GradientClip is null or > 0, nameof(GradientClip), GradientClip, "above 0, or null");
        RuleArgument.Check(EmaDecay is >= 0 and < 1, nameof(EmaDecay), EmaDecay, "in [0, 1)");
        RuleArgument.Check(MicroBatchSize is null or >= 1, nameof(MicroBatchSize), MicroBatchSize, "at least 1, or null");
        RuleArgument.Check(
            !ShardOptimizer || Optimizer.WorksOnSlices(), nameof(Optimizer), Optimizer,
            $"one that works on slices of the weights, as {nameof(ShardOptimizer)} is on");
        RuleArgument.Check(MaximumSkips >= 0, nameof(MaximumSkips), MaximumSkips, "at least 0");
        RuleArgument.Check(ReadEvery is null or >= 1, nameof(ReadEvery), ReadEvery, "at least 1, or null");
        RuleArgument.Check(
            AveragesKept.Select(profile => $"{profile}").Distinct().Count() == AveragesKept.Count, nameof(Averages), Averages,
            "profiles of which none occurs twice");
        RuleArgument.Check(OffsetNoise is >= 0 and < double.PositiveInfinity, nameof(OffsetNoise), OffsetNoise, "at least 0 and finite");
        RuleArgument.Check(SelfConditioningRate is >= 0 and <= 1, nameof(SelfConditioningRate), SelfConditioningRate, "in 0..1");
        RuleArgument.Check(LabelDropout is >= 0 and <= 1, nameof(LabelDropout), LabelDropout, "in 0..1");
    }

    internal TrainingLoss LossOf() => new() { Kind = Loss, Space = LossSpace, Weighting = Weighting, BoundWeight = BoundWeight, Variance = Variance };
}
