namespace Ddpm.Networks;

/// <summary>A module that leads from one level of a UNet to the next, and has a twin made of kernels.</summary>
internal interface ICompilable
{
    /// <param name="compiler">Collects what blocks are told of the time.</param>
    ICompiledResampler Compile(UNetCompiler compiler);
}
