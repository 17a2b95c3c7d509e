namespace Ddpm;

/// <summary>A denoiser that can be told the class of each image.</summary>
public interface IConditionalDenoiser : IDenoiser
{
    /// <summary>How many classes: labels are 0 to Classes - 1; int.MaxValue where any number is a label. 0: it takes none.</summary>
    int Classes { get; }

    /// <summary>
    /// The label that stands for no class, with which the network denoises unconditionally (Ho and Salimans 2022); null: it has none.
    /// </summary>
    int? NullClass { get; }
}
