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
    /// (AMX, AVX512_BF16) or on a GPU; on other processors it takes several times as long as float32, and <see cref="Diffusion.Warned"/> says so. The
    /// network must describe itself (<see cref="IDenoiser.Description"/>).
    /// </summary>
    public static IInferenceBackend BFloat16 { get; } = new BFloat16Backend();

    /// <summary>
    /// A backend by which an image has the same bits among any number of others, whoever they are: what a server needs that computes the images of
    /// several requests together. The library's kernels for a <see cref="UNet"/> are chosen for a batch of that size, whatever number there is: one
    /// image alone then takes up to half as long again. Any other network always sees batches of that size: fewer images are filled up, and take as
    /// long.
    /// </summary>
    /// <param name="batch">The number of images, ≥ 1.</param>
    /// <param name="backend">How the network is asked; null for <see cref="Auto"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The batch is less than 1.</exception>
    public static IInferenceBackend FixedBatch(int batch, IInferenceBackend? backend = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        return new FixedBatchBackend(batch, backend ?? Auto);
    }
}
