namespace Ddpm.Evaluation;

/// <summary>
/// The weights of separable bicubic resampling (Keys 1981, a = -1/2) whose support grows where it shrinks, as Pillow has them: in double,
/// summing to 1.
/// </summary>
internal static class BicubicWeights
{
    /// <summary>The weights of output <paramref name="i"/>, and the input that the first of them belongs to.</summary>
    /// <param name="i">0 to <paramref name="newCount"/> - 1.</param>
    /// <param name="count">Inputs.</param>
    /// <param name="part">What is kept of them, from start to end.</param>
    /// <param name="newCount">Outputs.</param>
    internal static (int First, double[] Weights) Of(int i, int count, (float Start, float End) part, int newCount)
    {
        var scale = (double)(part.End - part.Start) / newCount;
        var stretch = Math.Max(scale, 1);
        var centre = part.Start + (i + 0.5) * scale;
        var first = Math.Max((int)(centre - 2 * stretch + 0.5), 0);
        var end = Math.Min((int)(centre + 2 * stretch + 0.5), count);
        var weights = new double[end - first];
        for (var k = 0; k < weights.Length; k++)
            weights[k] = Kernel((k + first - centre + 0.5) * (1 / stretch));
        var sum = weights.Sum();
        return (first, Array.ConvertAll(weights, weight => weight / sum));
    }

    private static double Kernel(double x) => Math.Abs(x) switch
    {
        < 1 and var u => (1.5 * u - 2.5) * u * u + 1,
        < 2 and var u => (((u - 5) * u + 8) * u - 4) * -0.5,
        _ => 0,
    };
}
