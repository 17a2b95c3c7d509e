namespace Ddpm.Training;

/// <summary>The mean of the last numbers of a series: a step's loss depends on its t above all, their mean shows the trend.</summary>
public sealed class RunningMean
{
    private readonly double[] last;
    private int count, next;

    /// <summary>An empty one.</summary>
    /// <param name="length">How many numbers the mean is of, ≥ 1; before there are as many, it is of those there are. 100 by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is below 1.</exception>
    public RunningMean(int length = 100)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        last = new double[length];
    }

    /// <summary>How many numbers the mean is of at most.</summary>
    public int Length => last.Length;

    /// <summary>The mean; NaN of none.</summary>
    // Summed anew each time, so that no rounding adds up over a week.
    public double Value => count == 0 ? double.NaN : last.Take(count).Average();

    /// <summary>Adds a number, and drops the oldest if there are <see cref="Length"/>. One that is not finite is left out.</summary>
    /// <param name="value">The number.</param>
    public void Add(double value)
    {
        if (!double.IsFinite(value))
            return;
        last[next] = value;
        next = (next + 1) % last.Length;
        count = Math.Min(count + 1, last.Length);
    }
}
