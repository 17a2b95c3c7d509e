namespace Ddpm;

/// <summary>How to go from one noised image to another.</summary>
public enum InterpolationKind
{
    /// <summary>(1 - w) a + w b (Ho et al. 2020, section 4.4). Half-way the noise has only half of its variance.</summary>
    Linear,

    /// <summary>Along the great circle (Shoemake 1985; Song et al. 2021, DDIM, appendix D.5), so that the noise keeps its size.</summary>
    Spherical,
}
