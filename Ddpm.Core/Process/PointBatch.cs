using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>The points of a batch: one for all images, or one an image. Coefficients are double until they meet a tensor.</summary>
internal sealed class PointBatch
{
    private readonly IReadOnlyList<DiffusionPoint> points;
    private readonly bool areOne;

    /// <summary>One point for all images.</summary>
    internal PointBatch(DiffusionPoint at) => (points, areOne) = ([at], true);

    /// <summary>One point an image.</summary>
    internal PointBatch(IReadOnlyList<DiffusionPoint> at) => (points, areOne) = (at, at.All(point => point == at[0]));

    /// <summary>The points; a single one may stand for all images.</summary>
    internal IReadOnlyList<DiffusionPoint> Points => points;

    internal bool Any(Func<DiffusionPoint, bool> rule) => points.Any(rule);

    /// <summary>A factor of each image times it.</summary>
    internal Tensor Times(Func<DiffusionPoint, double> factor, Tensor x)
    {
        var factors = Of(factor);
        return Array.TrueForAll(factors, each => each == factors[0])
            ? factors[0] == 1 ? x.alias() : x.Times(factors[0])
            : x * Column(factors, x);
    }

    /// <summary>Each image over a divisor of its own.</summary>
    internal Tensor Over(Func<DiffusionPoint, double> divisor, Tensor x)
    {
        var divisors = Of(divisor);
        return Array.TrueForAll(divisors, each => each == divisors[0])
            ? divisors[0] == 1 ? x.alias() : x.Over(divisors[0])
            : x / Column(divisors, x);
    }

    /// <summary>A number of each image, [N].</summary>
    internal Tensor Vector(Func<DiffusionPoint, double> number, long count, ScalarType type, Device device) => areOne
        ? Arithmetic.Full([count], number(points[0]), type, device)
        : Upload.To(tensor(points.Select(number).ToArray()), device, type);

    // Where all are the same, one number goes with the operation, and nothing to the device.
    private double[] Of(Func<DiffusionPoint, double> number) => areOne ? [number(points[0])] : [.. points.Select(number)];

    /// <summary>One number an image, [N, 1, 1, 1].</summary>
    internal static Tensor Column(IEnumerable<double> values, Tensor like) =>
        Upload.To(tensor(values.ToArray()).view(-1, 1, 1, 1), like.device, like.dtype);
}
