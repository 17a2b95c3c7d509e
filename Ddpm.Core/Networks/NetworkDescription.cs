namespace Ddpm.Networks;

/// <summary>How a network is made again: what saving writes and loading reads, beside its weights.</summary>
/// <param name="Kind">The name of the kind of network, "unet" for example; part of the files.</param>
/// <param name="Options">All that distinguishes it from others of its kind, as plain data that JSON can hold.</param>
public sealed record NetworkDescription(string Kind, object Options);
