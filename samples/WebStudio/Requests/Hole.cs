namespace Ddpm.Samples.WebStudio;

/// <summary>What is to be filled, without the file that it came in.</summary>
/// <param name="Wish">With what.</param>
/// <param name="Picture">In the model's shape.</param>
/// <param name="Mask">H · W bytes: 1 where it is to be filled.</param>
/// <param name="Options">How well it is to fit.</param>
internal sealed record Hole(Wish Wish, Picture Picture, byte[] Mask, InpaintingOptions Options);
