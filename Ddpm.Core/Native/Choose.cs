using static TorchSharp.torch;

namespace Ddpm;

/// <summary>One of two tensors value by value, whatever the other is there: as torch.where, which libtorch's META device has not.</summary>
internal static class Choose
{
    /// <param name="mask">bool, true where the first is taken; it may be spread over the others' shape.</param>
    /// <param name="first">Of one shape.</param>
    /// <param name="second">Of the same.</param>
    /// <returns>It belongs to the caller's dispose scope.</returns>
    internal static Tensor By(Tensor mask, Tensor first, Tensor second) => first.Masked(mask.IsZero(), 0).Plus(second.Masked(mask, 0));
}
