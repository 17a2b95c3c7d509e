using static TorchSharp.torch;

namespace Ddpm;

public sealed partial class DiffusionBuilder
{
    private bool? tensorFloat32;

    /// <summary>
    /// Whether an NVIDIA card may keep ten bits of each factor of float32 convolutions and products (TF32), which is faster on cards since Ampere.
    /// Without this call libtorch's own choice stays: in convolutions but not in products. The choice is the whole process's, from
    /// <see cref="Build"/> on.
    /// </summary>
    /// <param name="allowed">true: in both; false: in neither, so that all of float32 counts.</param>
    public DiffusionBuilder WithTensorFloat32(bool allowed = true)
    {
        tensorFloat32 = allowed;
        return this;
    }

    private void SetTensorFloat32()
    {
        if (tensorFloat32 is { } allowed)
            (backends.cudnn.allow_tf32, backends.cuda.matmul.allow_tf32) = (allowed, allowed);
    }
}
