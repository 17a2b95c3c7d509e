using System.Runtime.CompilerServices;

namespace Ddpm;

/// <summary>What is read and written by the properties of types, for which native AOT leaves too little of them.</summary>
internal static class Reflection
{
    /// <param name="what">Begins the message, as "Saving a diffusion".</param>
    /// <exception cref="PlatformNotSupportedException">The program was compiled by native AOT.</exception>
    internal static void Check(string what)
    {
        if (!RuntimeFeature.IsDynamicCodeSupported)
            throw new PlatformNotSupportedException(
                $"{what} needs reflection, but this program was compiled without it (native AOT): publish the program without PublishAot.");
    }
}
