namespace Ddpm.Samples.WebStudio;

/// <summary>Images from the noise of a seed, of another one, and of mixes of both.</summary>
internal sealed record InterpolateBody : DrawingBody
{
    /// <summary>The other seed; null: any.</summary>
    public ulong? SecondSeed { get; init; }

    /// <summary>How many images, both ends with them; null: five, or as many as may be.</summary>
    public int? Count { get; init; }
}
