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
        var work = NormWork.Of(input.Images, input.Pixels, input.Channels, groups, epsilon);
        work.Input = input.First;
        work.InputApart = input.Apart;
        work.Output = output.First;
        work.OutputApart = output.Apart;
        work.Scale = ofScale.First + first;
        work.Shift = ofShift.First + first;
        work.ScaleApart = apart;
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
