namespace Ddpm.Samples;

/// <summary>Images that were compared.</summary>
/// <param name="Name">The data set, folder, file or model.</param>
/// <param name="Split">Its part: train or test; null: all.</param>
/// <param name="Count">How many; null: not known, as of statistics of other programs.</param>
/// <param name="Shape">C x H x W; null: not known.</param>
internal sealed record ImagesUsed(string Name, string? Split, long? Count, string? Shape);
