namespace Ddpm.Training;

/// <summary>
/// How far back an exponential moving average of the weights looks, w̄ ← β w̄ + (1 - β) w, at each step of a run: plain data. The paper samples with
/// such weights (Ho et al. 2020, appendix B).
/// </summary>
public abstract record AverageProfile
{
    private protected AverageProfile()
    {
    }

    /// <summary>β is the same from the first step on: fresh weights stay in the average for some 1/(1 - β) steps.</summary>
    /// <param name="decay">β, in [0, 1).</param>
    public static AverageProfile Constant(double decay) => new ConstantAverage(decay);

    /// <summary>β after k steps is (1 + k)/(10 + k), as TensorFlow's and PyTorch's programs have it, until that reaches the decay.</summary>
    /// <param name="decay">β in the end, in [0, 1).</param>
    public static AverageProfile Ramped(double decay) => new RampedAverage(decay);

    /// <summary>
    /// β after k steps is 1 - (1 + k/γ)^-p, at most the decay, k counted from <paramref name="after"/> on; until then the average is the weights
    /// (diffusers' <c>use_ema_warmup</c>).
    /// </summary>
    /// <param name="decay">β in the end, in [0, 1).</param>
    /// <param name="power">p, above 0: 2/3 for a million steps and more, 3/4 for fewer.</param>
    /// <param name="inverseGamma">γ, above 0.</param>
    /// <param name="minimum">β at least, 0 to the decay.</param>
    /// <param name="after">Steps before it begins, ≥ 0.</param>
    public static AverageProfile WarmUp(double decay, double power = 2.0 / 3, double inverseGamma = 1, double minimum = 0, int after = 0) =>
        new WarmUpAverage(decay, power, inverseGamma, minimum, after);

    /// <summary>
    /// An average over half-lives counted in images, which while the run is young are at most a share of the images seen (Karras et al. 2022, EDM:
    /// 500,000 and 0.05).
    /// </summary>
    /// <param name="images">Images after which a weight counts half, above 0.</param>
    /// <param name="rampUp">That share, above 0; null: none.</param>
    public static AverageProfile HalfLife(double images = 500_000, double? rampUp = 0.05) => new HalfLifeAverage(images, rampUp);

    /// <summary>
    /// β after k steps is (1 - 1/k)^(γ + 1), so that the average's shape is the same at every length of the run (Karras et al. 2024, EDM2, section
    /// 3.1). From a few of them any other can be made afterwards (<see cref="PostHocAverage"/>).
    /// </summary>
    /// <param name="relativeWidth">σ_rel, the standard deviation as a share of the run, above 0 and below 1/√12 = 0.288.</param>
    public static AverageProfile Power(double relativeWidth) => new PowerAverage(relativeWidth);

    /// <summary>β of a step.</summary>
    /// <param name="trainingStep">0-based: k - 1.</param>
    /// <param name="batchSize">Images a step.</param>
    /// <returns>0 to 1.</returns>
    public abstract double DecayAt(int trainingStep, int batchSize);

    /// <summary>A name for files and reports, the same in every culture, such as "ramped 0.9999".</summary>
    public abstract override string ToString();

    private protected static double CheckDecay(double decay) =>
        RuleArgument.Check(decay is >= 0 and < 1, nameof(decay), decay, "in [0, 1)");
}
