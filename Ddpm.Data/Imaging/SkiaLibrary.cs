namespace Ddpm.Imaging;

/// <summary>Runs what needs Skia's native library; where that is missing, the exception says what to add.</summary>
internal static class SkiaLibrary
{
    internal static T Use<T>(Func<T> use)
    {
        try
        {
            return use();
        }
        catch (Exception exception) when (exception is DllNotFoundException || exception.InnerException is DllNotFoundException)
        {
            throw new InvalidOperationException("Image files need the native library of SkiaSharp, which cannot be loaded: "
                + "on Linux, add the package SkiaSharp.NativeAssets.Linux.NoDependencies, in the version of SkiaSharp, to the program.", exception);
        }
    }
}
