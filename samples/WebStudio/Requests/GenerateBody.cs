namespace Ddpm.Samples.WebStudio;

/// <summary>Images from noise.</summary>
internal sealed record GenerateBody : DrawingBody
{
    /// <summary>How many; null: one.</summary>
    public int? Count { get; init; }
}
