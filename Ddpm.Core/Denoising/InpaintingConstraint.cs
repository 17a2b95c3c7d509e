using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Denoising;

/// <summary>
/// Pixels of an image that are given, for inpainting: whatever the network says of them, their x_0 is the image's, and their ε what then made x.
/// So with every sampler they follow the forward process of the image; with the ancestral one they are drawn from q(x_{t-1} | x_t, x_0), where
/// Lugmayr et al. 2022 draw from q(x_{t-1} | x_0) anew in each step (equation 8a).
/// </summary>
/// <param name="Image">x_0, [N, C, H, W]; it stays the caller's.</param>
/// <param name="Mask">bool, true where it is given, of the same shape; it stays the caller's.</param>
internal sealed record InpaintingConstraint(Tensor Image, Tensor Mask)
{
    internal (Tensor X0, Tensor Epsilon) Apply(Tensor x0, Tensor ε, Tensor x, DiffusionPoint at) =>
        (Merge(Image, x0), Merge((x - Image.Times(at.Alpha)).Over(at.Sigma), ε));

    /// <summary>The one tensor where pixels are given, else the other, whatever either is elsewhere.</summary>
    internal Tensor Merge(Tensor given, Tensor drawn) => Choose.By(Mask, given, drawn);
}
