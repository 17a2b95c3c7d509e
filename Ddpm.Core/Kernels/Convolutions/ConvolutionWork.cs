namespace Ddpm.Kernels;

/// <summary>What a direct convolution works on.</summary>
internal unsafe struct ConvolutionWork
{
    internal PixelBlock Input, Output;

    /// <summary>Width of the kernel, pixels from one output to the next, and pixels before the first that the first output sees.</summary>
    internal int Kernel, Step, Before;

    internal float* Weights;
    internal int Panels, Chunks;

    /// <summary>As many zeros as there are input channels: the pixels outside of an image.</summary>
    internal float* Zeros;

    internal Finish Finish;

    internal readonly int Taps => Kernel * Kernel;

    internal readonly long OutputPixels => (long)Output.Images * Output.Pixels;
}
