namespace Ddpm;

/// <summary>
/// Bicubic interpolation with Keys' kernel (a = -1/2; Keys 1981), stretched by the factor when shrinking so that every source pixel counts;
/// rows first, then columns, rounded to bytes between: what the Python Imaging Library does by default.
/// </summary>
internal static class BicubicResize
{
    internal static byte[] Apply(byte[] planes, int channels, int height, int width, int newHeight, int newWidth)
    {
        var narrow = new byte[channels * height * newWidth];
        var across = Taps(width, newWidth);
        for (var row = 0; row < channels * height; row++)
            for (var x = 0; x < newWidth; x++)
                narrow[row * newWidth + x] = Weigh(planes, row * width + across[x].First, 1, across[x].Weights);

        var result = new byte[channels * newHeight * newWidth];
        var down = Taps(height, newHeight);
        for (var c = 0; c < channels; c++)
            for (var y = 0; y < newHeight; y++)
                for (var x = 0; x < newWidth; x++)
                    result[(c * newHeight + y) * newWidth + x] = Weigh(narrow, (c * height + down[y].First) * newWidth + x, newWidth, down[y].Weights);
        return result;
    }

    private static byte Weigh(byte[] source, int first, int step, double[] weights)
    {
        var sum = 0.0;
        for (var k = 0; k < weights.Length; k++)
            sum += weights[k] * source[first + k * step];
        return (byte)Math.Clamp(Math.Floor(sum + 0.5), 0, 255);
    }

    /// <summary>For each target pixel the first source pixel and the weights from there on; they add up to 1.</summary>
    private static (int First, double[] Weights)[] Taps(int size, int newSize)
    {
        var scale = (double)size / newSize;
        var stretch = Math.Max(scale, 1);
        var taps = new (int, double[])[newSize];
        for (var i = 0; i < newSize; i++)
        {
            var center = (i + 0.5) * scale;
            var first = Math.Max((int)(center - 2 * stretch + 0.5), 0);
            var end = Math.Min((int)(center + 2 * stretch + 0.5), size);
            var weights = new double[end - first];
            for (var k = 0; k < weights.Length; k++)
                weights[k] = Kernel((first + k - center + 0.5) / stretch);
            var sum = weights.Sum();
            taps[i] = (first, Array.ConvertAll(weights, weight => weight / sum));
        }
        return taps;
    }

    private static double Kernel(double x)
    {
        x = Math.Abs(x);
        return x < 1 ? (1.5 * x - 2.5) * x * x + 1
            : x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2
            : 0;
    }
}
