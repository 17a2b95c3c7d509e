using Ddpm.Kernels;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Kernels;

/// <summary>What tests of kernels have in common.</summary>
internal static class Kernel
{
    internal static void Needed() =>
        Assume.That(FastKernels.AreOn, "This processor has no vectors of 256 bits, or this libtorch lends no threads.");

    /// <summary>Normal numbers; it belongs to the open dispose scope.</summary>
    internal static Tensor Normal(ulong seed, params long[] shape)
    {
        using var generator = new Generator(seed);
        return randn(shape, generator: generator);
    }

    /// <summary>Runs something on some threads.</summary>
    internal static T OnThreads<T>(int threads, Func<T> run)
    {
        var usual = get_num_threads();
        set_num_threads(threads);
        try
        {
            return run();
        }
        finally
        {
            set_num_threads(usual);
        }
    }
}
