namespace Ddpm.Samples.WebStudio;

/// <summary>How a picture dissolves.</summary>
/// <param name="Seed">Of the noise.</param>
/// <param name="Image">The picture in the model's shape, as a PNG.</param>
/// <param name="Frames">By rising t.</param>
internal sealed record ForwardAnswer(ulong Seed, byte[] Image, IReadOnlyList<ForwardFrame> Frames);
