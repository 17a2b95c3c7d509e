using Ddpm.Networks;

namespace Ddpm;

/// <summary>How a network is asked while sampling: what <see cref="SamplingOptions.Backend"/> takes.</summary>
public static class InferenceBackend
{
    /// <summary>
    /// Kernels of this library for a <see cref="UNet"/> on the CPU in float32 (SiLU, widths that are multiples of 8, a processor with AVX2): two to
    /// three times as fast as the network, with outputs within 1e-5 of its largest. Other networks are asked themselves. The default.
    /// </summary>
    public static IInferenceBackend Auto { get; } = new KernelBackend();

    /// <summary>The network itself.</summary>
    public static IInferenceBackend Plain { get; } = new PlainBackend();

    /// <summary>
    /// A copy of the network with weights of bfloat16, which computes in that type: about 1 % off. It pays where the processor multiplies such numbers
    /// (AMX, AVX512_BF16) or on a GPU. The network must describe itself (<see cref="IDenoiser.Description"/>).
    /// </summary>
    public static IInferenceBackend BFloat16 { get; } = new BFloat16Backend();
}
