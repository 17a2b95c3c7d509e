namespace Ddpm.Samplers;

public abstract partial record TimestepSpacing
{
    /// <summary>Every step, T-1 to 0.</summary>
    public static TimestepSpacing All { get; } = new AllSteps();

    /// <summary>Multiples of ⌊T/n⌋ from 0, plus an offset: t = (n-1-j) ⌊T/n⌋ + offset (Song et al. 2021, DDIM).</summary>
    /// <param name="count">n.</param>
    /// <param name="offset">Added to every step.</param>
    /// <param name="excludeLast">Of n + 1 such steps the last is left out, as DPM-Solver's authors do.</param>
    public static TimestepSpacing Leading(int count, int offset = 0, bool excludeLast = false) => new LeadingSteps(count, offset, excludeLast);

    /// <summary>n points from T-1 to 0, both included.</summary>
    /// <param name="count">n.</param>
    /// <param name="excludeLast">Of n + 1 such points the last, step 0, is left out, as DPM-Solver's authors do.</param>
    /// <param name="whole">Whether they are rounded to whole steps; one that comes twice, in a process of hardly more steps, is visited once.</param>
    public static TimestepSpacing Linspace(int count, bool excludeLast = false, bool whole = true) => new LinspaceSteps(count, excludeLast, whole);

    /// <summary>From T-1 down in strides of T/n: t = round(T - j T/n) - 1 (Lin et al. 2024, table 2). The best choice for few steps.</summary>
    public static TimestepSpacing Trailing(int count) => new TrailingSteps(count);

    /// <summary>
    /// t = ⌊(k c)²⌋ with c = √(0.8 T)/(n-1), k = n-1 … 0: dense where there is little noise (Song et al. 2021, DDIM, appendix D.2, for CIFAR-10).
    /// Repeated steps are visited once.
    /// </summary>
    public static TimestepSpacing Quadratic(int count) => new QuadraticSteps(count);

    /// <summary>Every ⌊T/n⌋-th step from 0 (the DDIM authors' program): more than n where n does not divide T.</summary>
    public static TimestepSpacing Uniform(int count) => new UniformSteps(count);

    /// <summary>
    /// Nichol and Dhariwal 2021's respacing, in their program's words: "25,15,10" divides the process into equal sections, from the clean end on,
    /// and visits so many steps of each; "ddim25" visits every k-th step from 0, for the k that gives exactly 25.
    /// </summary>
    /// <param name="sections">Numbers ≥ 1 with commas, or ddim and a number ≥ 1.</param>
    /// <exception cref="FormatException">The text is neither.</exception>
    public static TimestepSpacing Respaced(string sections)
    {
        ArgumentNullException.ThrowIfNull(sections);
        return new RespacedSteps(sections);
    }

    /// <summary>The steps given, from high to low.</summary>
    public static TimestepSpacing List(params IReadOnlyList<int> steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        return new ListedSteps([.. steps]);
    }

    /// <summary>The steps given, from high to low; they may be fractional.</summary>
    public static TimestepSpacing List(IReadOnlyList<double> steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        return new ListedSteps(steps);
    }
}
