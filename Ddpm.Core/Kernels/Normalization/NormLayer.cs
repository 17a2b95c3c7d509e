using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Kernels;

/// <summary>Group normalisation whose weights do not change, with or without SiLU after it.</summary>
internal sealed unsafe class NormLayer(Tensor scale, Tensor shift, int groups, double epsilon) : IDisposable
{
    // γ, then β.
    private readonly NativeValues scales = NativeValues.Of(scale), shifts = NativeValues.Of(shift);

    internal void Run(PixelBlock input, PixelBlock output, bool silu, KernelMemory memory) =>
        Run(input, output, silu, memory, scales, shifts, first: 0, apart: 0);

    /// <summary>The same with γ and β from the first of several on, of each image or of all.</summary>
    internal void Run(
        PixelBlock input, PixelBlock output, bool silu, KernelMemory memory, NativeValues ofScale, NativeValues ofShift, int first, nint apart)
    {
        var chunk = NormChunk.PixelsOf(input.Channels);
        var work = new NormWork
        {
            Images = input.Images,
            Pixels = input.Pixels,
            Channels = input.Channels,
            Groups = groups,
            PixelsOfChunk = chunk,
            Chunks = (input.Pixels + chunk - 1) / chunk,
            Epsilon = epsilon,
            Input = input.First,
            InputApart = input.Apart,
            Output = output.First,
            OutputApart = output.Apart,
            Scale = ofScale.First + first,
            Shift = ofShift.First + first,
            ScaleApart = apart,
        };
        work.Sums = memory.Take(KernelPlace.Sums, work.Images * work.Chunks * 2 * work.Channels);
        work.Coefficients = memory.Take(KernelPlace.Coefficients, work.Images * 6 * work.Channels);
        work.Statistics = work.Coefficients + work.Images * 3 * work.Channels;
        var phases = silu
            ? NormForward<StoredFloat32, SiluKernel, NoMask>.Phases(work)
            : NormForward<StoredFloat32, NoActivation, NoMask>.Phases(work);
        NormPhases.Run(&phases, get_num_threads());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        scales.Dispose();
        shifts.Dispose();
    }
}
