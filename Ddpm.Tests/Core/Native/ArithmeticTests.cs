using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Native;

/// <summary>Operators that hold their numbers.</summary>
internal sealed class ArithmeticTests
{
    private static readonly double[] Values = [-2.5, 0, 0.5, 3];

    private static readonly TestCaseData[] Operators =
    [
        Case("x + y", x => x.Plus(x), v => v + v),
        Case("x + n", x => x.Plus(0.3), v => v + 0.3),
        Case("x + whole", x => x.Plus(2), v => v + 2),
        Case("x - n", x => x.Minus(0.3), v => v - 0.3),
        Case("n - x", x => x.SubtractedFrom(0.3), v => 0.3 - v),
        Case("x n", x => x.Times(0.3), v => v * 0.3),
        Case("x / n", x => x.Over(0.3), v => v / 0.3),
        Case("x^n", x => x.Power(3), v => v * v * v),
        Case("x²", x => x.Squared(), v => v * v),
        Case("within bounds", x => x.Clamped(-1, 0.25), v => Math.Clamp(v, -1, 0.25)),
        Case("masked", x => x.Masked(x.IsAbove(0), 7.5), v => v > 0 ? 7.5 : v),
        Case("x = 0", x => x.IsZero(), v => v == 0 ? 1 : 0),
        Case("x < n", x => x.IsBelow(0.5), v => v < 0.5 ? 1 : 0),
        Case("x ≤ n", x => x.IsAtMost(0.5), v => v <= 0.5 ? 1 : 0),
        Case("x > n", x => x.IsAbove(0.5), v => v > 0.5 ? 1 : 0),
        Case("x ≥ n", x => x.IsAtLeast(0.5), v => v >= 0.5 ? 1 : 0),
        Case("x += y", x => x.PlusInPlace(x.clone()), v => v + v),
        Case("x += n y", x => x.PlusInPlace(x.clone(), 0.3), v => v + 0.3 * v),
        Case("x += n", x => x.PlusInPlace(0.3), v => v + 0.3),
        Case("x *= n", x => x.TimesInPlace(0.3), v => v * 0.3),
        Case("x /= n", x => x.OverInPlace(0.3), v => v / 0.3),
        Case("x becomes x^n", x => x.PowerInPlace(3), v => v * v * v),
        Case("bounds in place", x => x.ClampInPlace(-1, 0.25), v => Math.Clamp(v, -1, 0.25)),
        Case("fill", x => x.Fill(0.3), _ => 0.3),
        Case("full like", x => x.FullLike(0.3), _ => 0.3),
        Case("full", x => Arithmetic.Full(x.shape, 0.3, x.dtype, x.device), _ => 0.3),
    ];

    // One rounding of float64, or two.
    [TestCaseSource(nameof(Operators))]
    public void ComputesWhatItSays(Func<Tensor, Tensor> compute, Func<double, double> formula)
    {
        using var scope = NewDisposeScope();
        var result = compute(tensor(Values));
        Assert.That(result.to(ScalarType.Float64).data<double>().ToArray(), Is.EqualTo(Values.Select(formula)).Within(2).Ulps);
    }

    [Test]
    public void CountsFromAndUpTo()
    {
        using var numbers = Arithmetic.Count(3, 7, ScalarType.Int64);
        Assert.That(numbers.data<long>().ToArray(), Is.EqualTo((long[])[3, 4, 5, 6]));
    }

    [Test]
    public void WholeNumbersStayWhole()
    {
        using var odd = tensor((long[])[long.MaxValue - 2]);
        using var sum = odd.Plus(2);
        Assert.That(sum.item<long>(), Is.EqualTo(long.MaxValue), "a double has 53 bits");
    }

    // The same loop with x + y and x * 3 threw 6 times a second on two cores: a collection frees the number while libtorch reads it.
    [Test]
    public void NumbersOutliveTheirOperators()
    {
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        var (faults, wrong, done) = (0, 0, 0);
        Thread[] threads = [new(Collect), .. Enumerable.Range(0, 3).Select(_ => new Thread(Work))];
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();
        Assert.That((faults, wrong), Is.EqualTo((0, 0)), $"of {done}");
        Assert.That(done, Is.GreaterThan(1000));

        void Collect()
        {
            while (!end.IsCancellationRequested)
            {
                GC.Collect(0);
                GC.WaitForPendingFinalizers();
            }
        }

        void Work()
        {
            using var ones = torch.ones(4096);
            while (!end.IsCancellationRequested)
            {
                using var scope = NewDisposeScope();
                try
                {
                    var six = ones.Plus(ones).Times(3.0);
                    if (six.min().item<float>() != 6 || six.max().item<float>() != 6)
                        Interlocked.Increment(ref wrong);
                }
                catch (System.Runtime.InteropServices.ExternalException)
                {
                    Interlocked.Increment(ref faults);
                }
                Interlocked.Increment(ref done);
            }
        }
    }

    private static TestCaseData Case(string name, Func<Tensor, Tensor> compute, Func<double, double> formula) =>
        new TestCaseData(compute, formula).SetArgDisplayNames(name);
}
