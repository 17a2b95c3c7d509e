using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests;

/// <summary>Comparisons of tensors.</summary>
internal static class Expect
{
    /// <summary>The largest absolute difference is at most the tolerance, and no value is NaN.</summary>
    internal static void Close(Tensor actual, Tensor expected, double tolerance)
    {
        var difference = Difference(actual, expected);
        if (tolerance > 0)
            TestContext.Out.WriteLine($"largest difference {difference:E1}");
        AtMost(difference, tolerance);
    }

    /// <summary>The largest absolute difference in units of the largest expected value is at most the tolerance.</summary>
    internal static double RelativelyClose(Tensor actual, Tensor expected, double tolerance)
    {
        var difference = RelativeDifference(actual, expected);
        AtMost(difference, tolerance);
        return difference;
    }

    /// <summary>The largest absolute difference in units of the largest expected value.</summary>
    internal static double RelativeDifference(Tensor actual, Tensor expected)
    {
        var largest = expected.abs().max().to(ScalarType.Float64).item<double>();
        var difference = Difference(actual, expected) / (largest == 0 ? 1 : largest);
        TestContext.Out.WriteLine($"largest difference {difference:E1} of the maximum");
        return difference;
    }

    internal static bool AreSame(Tensor actual, Tensor expected) => Difference(actual, expected) == 0;

    /// <summary>The same bits.</summary>
    internal static void Same(Tensor actual, Tensor expected) => Close(actual, expected, 0);

    /// <summary>The same size, and at most one level apart on a share of the values.</summary>
    internal static void SamePicture(Picture actual, Picture expected, double share)
    {
        Assert.That((actual.Channels, actual.Height, actual.Width), Is.EqualTo((expected.Channels, expected.Height, expected.Width)));
        var ours = actual.Pixels.Span;
        var theirs = expected.Pixels.Span;
        var (near, largest) = (0, 0);
        for (var i = 0; i < ours.Length; i++)
        {
            var difference = Math.Abs(ours[i] - theirs[i]);
            near += difference <= 1 ? 1 : 0;
            largest = Math.Max(largest, difference);
        }
        TestContext.Out.WriteLine($"{(double)near / ours.Length:P3} within one level, largest difference {largest}");
        Assert.That((double)near / ours.Length, Is.GreaterThanOrEqualTo(share));
    }

    /// <summary>At most the tolerance and not NaN, which NUnit orders below every number.</summary>
    internal static void AtMost(double difference, double tolerance) =>
        Assert.That(difference <= tolerance, Is.True, $"The largest difference must be at most {tolerance}, but is {difference}.");

    internal static double Difference(Tensor actual, Tensor expected)
    {
        Assert.That(actual.shape, Is.EqualTo(expected.shape));
        using var scope = NewDisposeScope();
        return (actual.cpu().to(ScalarType.Float64) - expected.cpu().to(ScalarType.Float64)).abs().max().item<double>();
    }

    /// <summary>Runs something twice, the second time counting the tensors that stay alive.</summary>
    internal static void NoLeak(Action action)
    {
        action();
        var before = LiveTensors();
        action();
        Assert.That(LiveTensors(), Is.EqualTo(before));
    }

    /// <summary>Tensors alive in the process, without those that other tests left to the collector.</summary>
    internal static long LiveTensors()
    {
        for (var i = 0; i < 2; i++)         // what a finaliser lets go is found by the next collection
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        return Tensor.TotalCount;
    }
}
