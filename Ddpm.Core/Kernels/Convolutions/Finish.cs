namespace Ddpm.Kernels;

/// <summary>What is done to a convolution's results before they are written: y ← (y + bias + added) · factor.</summary>
internal unsafe struct Finish
{
    /// <summary>[K] or, with so many values from image to image, [N, K]; or null.</summary>
    internal float* Bias;

    internal nint BiasApart;

    /// <summary>Where the pixels of another block begin, which lie so many values apart; it may be the output itself. Or null.</summary>
    internal float* Added;

    internal nint AddedApart;
    internal float Factor;

    public Finish() => Factor = 1;

    /// <summary>With a layer's own bias.</summary>
    internal static Finish Of(float* bias, nint apart = 0) => new() { Bias = bias, BiasApart = apart };

    /// <summary>With biases from one of several on, of each image or of all.</summary>
    internal static Finish Of(NativeValues biases, int first = 0, nint apart = 0) => Of(biases.First + first, apart);

    /// <summary>That and the sum with another block.</summary>
    internal readonly Finish Plus(PixelBlock added, double factor = 1) =>
        this with { Added = added.First, AddedApart = added.Apart, Factor = (float)factor };
}
