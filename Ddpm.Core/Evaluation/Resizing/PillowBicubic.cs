namespace Ddpm.Evaluation;

/// <summary>
/// Pillow's bicubic resampling of float32 channels (mode F): rows first, sums in double, each pass rounded to float32; nothing is clipped.
/// </summary>
internal sealed class PillowBicubic : IPlaneResize
{
    private readonly int height, width, newHeight, newWidth;
    private readonly (int First, double[] Weights)[] across, down;

    internal PillowBicubic(int height, int width, int newHeight, int newWidth)
    {
        (this.height, this.width, this.newHeight, this.newWidth) = (height, width, newHeight, newWidth);
        across = [.. Enumerable.Range(0, newWidth).Select(i => BicubicWeights.Of(i, width, (0, width), newWidth))];
        down = [.. Enumerable.Range(0, newHeight).Select(i => BicubicWeights.Of(i, height, (0, height), newHeight))];
    }

    public void Resize(ReadOnlySpan<float> plane, Span<float> target)
    {
        var rows = new float[(long)height * newWidth];
        for (var y = 0; y < height; y++)
            for (var x = 0; x < newWidth; x++)
                rows[y * newWidth + x] = Sum(plane[(y * width)..], 1, across[x]);
        for (var y = 0; y < newHeight; y++)
            for (var x = 0; x < newWidth; x++)
                target[y * newWidth + x] = Sum(rows.AsSpan(x), newWidth, down[y]);
    }

    private static float Sum(ReadOnlySpan<float> values, int stride, (int First, double[] Weights) taps)
    {
        var sum = 0.0;
        var at = taps.First * stride;
        foreach (var weight in taps.Weights)
        {
            sum += values[at] * weight;
            at += stride;
        }
        return (float)sum;
    }
}
