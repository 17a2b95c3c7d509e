using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Ddpm.Kernels;

/// <summary>Half or twice the size without weights.</summary>
internal static unsafe class Resize
{
    /// <summary>Every pixel four times.</summary>
    internal static void Double(PixelBlock input, PixelBlock output)
    {
        var work = new Work { Input = input, Output = output };
        NativeThreads.For((long)output.Images * output.Height, &work, &Double);
    }

    /// <summary>The mean of every 2 x 2 pixels.</summary>
    internal static void Halve(PixelBlock input, PixelBlock output)
    {
        var work = new Work { Input = input, Output = output };
        NativeThreads.For((long)output.Images * output.Height, &work, &Halve);
    }

    /// <summary>The same pixels elsewhere.</summary>
    internal static void Copy(PixelBlock input, PixelBlock output)
    {
        var work = new Work { Input = input, Output = output };
        NativeThreads.For((long)output.Images * output.Height, &work, &Copy);
    }

    // Lines of all images are counted through: those of an image of even height lie two to one.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Double(Work* work, long begin, long end)
    {
        var (input, output) = (work->Input, work->Output);
        for (var line = (nint)begin; line < end; line++)
            for (var x = 0; x < output.Width; x++)
                new ReadOnlySpan<float>(input.First + (line / 2 * input.Width + x / 2) * input.Apart, input.Channels)
                    .CopyTo(new Span<float>(output.First + (line * output.Width + x) * output.Apart, input.Channels));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Halve(Work* work, long begin, long end)
    {
        var (input, output) = (work->Input, work->Output);
        for (var line = (nint)begin; line < end; line++)
            for (var x = 0; x < output.Width; x++)
            {
                var from = input.First + (2 * line * input.Width + 2 * x) * input.Apart;
                var below = from + input.Width * input.Apart;
                var to = output.First + (line * output.Width + x) * output.Apart;
                for (var c = 0; c < input.Channels; c += FastKernels.Lanes)
                    ((Vector256.Load(from + c) + Vector256.Load(from + input.Apart + c) + Vector256.Load(below + c)
                        + Vector256.Load(below + input.Apart + c)) * 0.25f).Store(to + c);
            }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Copy(Work* work, long begin, long end)
    {
        var (input, output) = (work->Input, work->Output);
        for (var line = (nint)begin; line < end; line++)
            for (var x = 0; x < output.Width; x++)
                new ReadOnlySpan<float>(input.First + (line * input.Width + x) * input.Apart, input.Channels)
                    .CopyTo(new Span<float>(output.First + (line * output.Width + x) * output.Apart, input.Channels));
    }

    private struct Work
    {
        internal PixelBlock Input, Output;
    }
}
