using TorchSharp;
using static Ddpm.LibtorchOperator;
using static TorchSharp.torch;

namespace Ddpm.Kernels;

/// <summary>Leads from tensors to the kernels of group normalisation.</summary>
internal static unsafe class NormTensors
{
    /// <summary>What both ways have in common.</summary>
    internal static NormWork Describe(Tensor x, Tensor scale, Tensor shift, Tensor statistics, NormRule rule)
    {
        var work = NormWork.Of(x.shape[0], (int)(x.shape[2] * x.shape[3]), (int)x.shape[1], rule.Groups, rule.Epsilon);
        work.Mask = rule.Mask ?? default;
        work.Input = Memory(x);
        work.Scale = (float*)Memory(scale);
        work.Shift = (float*)Memory(shift);
        work.Statistics = (float*)Memory(statistics);
        return work;
    }

    internal static void Run(ScalarType type, NormRule rule, NormWork work, bool back)
    {
        using var scope = NewDisposeScope();
        work.Sums = (float*)Memory(empty(work.Images, work.Chunks, 2, work.Channels));
        work.Coefficients = (float*)Memory(empty(work.Images, 3, work.Channels));
        var phases = type == ScalarType.Float32 ? Phases<StoredFloat32>(rule, work, back) : Phases<StoredBFloat16>(rule, work, back);
        NormPhases.Run(&phases, get_num_threads());
    }

    private static NormPhases Phases<TStored>(NormRule rule, in NormWork work, bool back)
        where TStored : IStored =>
        (rule.Silu, rule.Mask) switch
        {
            (true, null) => Phases<TStored, SiluKernel, NoMask>(work, back),
            (true, _) => Phases<TStored, SiluKernel, DropoutMask>(work, back),
            (false, null) => Phases<TStored, NoActivation, NoMask>(work, back),
            (false, _) => Phases<TStored, NoActivation, DropoutMask>(work, back),
        };

    private static NormPhases Phases<TStored, TActivation, TMask>(in NormWork work, bool back)
        where TStored : IStored
        where TActivation : IActivationKernel
        where TMask : IMaskKernel =>
        back ? NormBackward<TStored, TActivation, TMask>.Phases(work) : NormForward<TStored, TActivation, TMask>.Phases(work);
}
