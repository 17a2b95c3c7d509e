namespace Ddpm.Samples.WebStudio;

/// <summary>An image with a hole that is to be filled.</summary>
internal sealed record InpaintBody : DrawingBody
{
    /// <summary>The file of a picture, of any size.</summary>
    public byte[]? Image { get; init; }

    /// <summary>H rows of W bytes of the model's image: 1 where it is to be filled, else 0.</summary>
    public byte[]? Mask { get; init; }

    /// <summary>How often each stretch of steps is taken; null: as usual.</summary>
    public int? Resamplings { get; init; }
}
