namespace Ddpm.Samples.WebStudio;

/// <summary>A picture that is to dissolve into noise.</summary>
internal sealed record ForwardBody
{
    /// <summary>Whose process; null: the first model's.</summary>
    public string? Model { get; init; }

    /// <summary>The file of a picture, of any size.</summary>
    public byte[]? Image { get; init; }

    /// <summary>Of the noise; null: any.</summary>
    public ulong? Seed { get; init; }

    /// <summary>How many steps of the process; null: ten.</summary>
    public int? Count { get; init; }
}
