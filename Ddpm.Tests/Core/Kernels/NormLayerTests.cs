using Ddpm.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Kernels;

/// <summary>Group normalisation with weights that do not change, against that of float64.</summary>
public class NormLayerTests
{
    private const double Epsilon = 1e-5;

    // The sums of a chunk round in float32, what follows is double: the last bits.
    private const double Tolerance = 2e-6;

    [SetUp]
    public void NeedsKernels() => Kernel.Needed();

    [Test]
    public void Result_IsThatOfDoubles([Values] bool silu, [Values(0, 8)] int room, [Values(1, 3, 8)] int groups)
    {
        using var scope = NewDisposeScope();
        foreach (var (n, c, h, w) in new[] { (2, 24, 5, 3), (1, 48, 17, 9), (3, 72, 24, 24), (9, 24, 1, 2) })
        {
            var x = Kernel.Normal(1, n, c, h, w) * 2 + 0.5;
            var (scale, shift) = (Kernel.Normal(2, c), Kernel.Normal(3, c));
            using var layer = new NormLayer(scale, shift, groups, Epsilon);
            var made = Run(x, room, (input, output, memory) => layer.Run(input, output, silu, memory));
            Expect.RelativelyClose(made, Expected(x, groups, scale.view(1, c), shift.view(1, c), silu), Tolerance);
        }
    }

    // As where the time scales and shifts: those of a block are some of many.
    [Test]
    public void Result_WithScalesOfEachImage_IsThatOfDoubles([Values] bool silu, [Values(0, 8)] int room)
    {
        using var scope = NewDisposeScope();
        const int N = 3, C = 40, All = 100, First = 33;
        var (scales, shifts) = (Kernel.Normal(2, N, All), Kernel.Normal(3, N, All));
        using NativeValues ofScale = NativeValues.Of(scales), ofShift = NativeValues.Of(shifts);
        using var layer = new NormLayer(ones(C), zeros(C), 8, Epsilon);
        var x = Kernel.Normal(1, N, C, 6, 5);
        var made = Run(x, room, (input, output, memory) => layer.Run(input, output, silu, memory, ofScale, ofShift, First, All));
        Expect.RelativelyClose(made, Expected(x, 8, scales.narrow(1, First, C), shifts.narrow(1, First, C), silu), Tolerance);
        // A distance of 0: the first row for all.
        made = Run(x, room, (input, output, memory) => layer.Run(input, output, silu, memory, ofScale, ofShift, First, apart: 0));
        Expect.RelativelyClose(made, Expected(x, 8, scales[..1].narrow(1, First, C), shifts[..1].narrow(1, First, C), silu), Tolerance);
    }

    [Test]
    public void Result_InPlace_IsTheSameBits()
    {
        using var scope = NewDisposeScope();
        var x = Kernel.Normal(1, 2, 32, 20, 20);
        using var layer = new NormLayer(Kernel.Normal(2, 32), Kernel.Normal(3, 32), 4, Epsilon);
        using var memory = new KernelMemory();
        var room = new PixelRoom(x);
        layer.Run(room.Block, room.Block, silu: true, memory);
        Expect.Same(room.Read(), Run(x, 0, (input, output, more) => layer.Run(input, output, silu: true, more)));
    }

    private static Tensor Run(Tensor x, int room, Action<PixelBlock, PixelBlock, KernelMemory> run)
    {
        PixelRoom input = new(x, before: room, after: 2 * room), output = new(zeros_like(x), after: room);
        using var memory = new KernelMemory();
        run(input.Block, output.Block, memory);
        return output.Read();
    }

    // Scales and shifts [N or 1, C].
    private static Tensor Expected(Tensor x, int groups, Tensor scale, Tensor shift, bool silu)
    {
        static Tensor Wide(Tensor values) => values.to(ScalarType.Float64).unsqueeze(-1).unsqueeze(-1);
        var (n, c, h, w) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3]);
        var parts = x.to(ScalarType.Float64).view(n, groups, -1);
        var normed = (parts - parts.mean([2], keepdim: true)) / (parts.var(2, unbiased: false, keepdim: true) + Epsilon).sqrt();
        var y = normed.view(n, c, h, w) * Wide(scale) + Wide(shift);
        return silu ? y * y.sigmoid() : y;
    }
}
