namespace Ddpm.Samplers;

/// <summary>UniPC's B(h) (Zhao et al. 2023, section 4.1); it matters where two values are used.</summary>
public enum UniPcVariant
{
    /// <summary>B_2(h) = e^h - 1: the authors' choice.</summary>
    Bh2,

    /// <summary>B_1(h) = h.</summary>
    Bh1,
}
