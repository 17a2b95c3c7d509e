namespace Ddpm.Networks;

/// <summary>Where a 3x3 convolution with stride 2 finds its zeros.</summary>
public enum DownsamplePadding
{
    /// <summary>One row below and one column to the right (TensorFlow's SAME for even sizes).</summary>
    AfterEnd,

    /// <summary>One row and column on every side (PyTorch's padding = 1).</summary>
    BothSides,
}
