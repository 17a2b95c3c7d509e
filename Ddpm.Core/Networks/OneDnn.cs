namespace Ddpm.Networks;

/// <summary>
/// What is known here of oneDNN, with which libtorch computes convolutions on the CPU. On a processor that hides its caches the library switches
/// oneDNN off before it could compute wrong; convolutions then take several times as long.
/// </summary>
public static class OneDnn
{
    /// <summary>Whether the processor, of the x86 family, says nothing of its caches, as those of some virtual machines.</summary>
    public static bool CachesAreHidden => ProcessorCaches.AreHidden;

    /// <summary>Whether libtorch has oneDNN and uses it now; null where this libtorch cannot be asked (on Windows).</summary>
    public static bool? IsOn => Libtorch.OneDnnIsOn();
}
