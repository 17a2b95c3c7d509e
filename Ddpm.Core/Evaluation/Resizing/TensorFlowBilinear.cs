namespace Ddpm.Evaluation;

/// <summary>
/// Bilinear resizing of TensorFlow 1 (resize_bilinear with align_corners off): output i looks at input i · in / out, so that the picture moves up and
/// left by half of what a pixel grows. In float32, as the original.
/// </summary>
internal sealed class TensorFlowBilinear : IPlaneResize
{
    private readonly int width, newWidth;
    private readonly Tap[] across, down;

    internal TensorFlowBilinear(int height, int width, int newHeight, int newWidth)
    {
        (this.width, this.newWidth) = (width, newWidth);
        (across, down) = (Taps(width, newWidth), Taps(height, newHeight));
    }

    public void Resize(ReadOnlySpan<float> plane, Span<float> target)
    {
        foreach (var (y, tap) in down.Index())
        {
            var upper = plane.Slice(tap.First * width, width);
            var lower = plane.Slice(tap.Second * width, width);
            for (var x = 0; x < newWidth; x++)
            {
                var (left, right, part) = across[x];
                var top = upper[left] + (upper[right] - upper[left]) * part;
                var bottom = lower[left] + (lower[right] - lower[left]) * part;
                target[y * newWidth + x] = top + (bottom - top) * tap.Part;
            }
        }
    }

    private static Tap[] Taps(int count, int newCount)
    {
        var scale = count / (float)newCount;
        return [.. Enumerable.Range(0, newCount).Select(i =>
        {
            var at = i * scale;
            var first = Math.Min((int)at, count - 1);
            return new Tap(first, Math.Min(first + 1, count - 1), at - first);
        })];
    }

    private readonly record struct Tap(int First, int Second, float Part);
}
