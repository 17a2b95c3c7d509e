using System.Text.Json;
using Ddpm.Networks;

namespace Ddpm;

/// <summary>A network in ddpm.json: its kind, which must be registered, and that kind's options.</summary>
internal sealed record NetworkEntry
{
    public required string Kind { get; init; }

    public required JsonElement Options { get; init; }

    /// <exception cref="InvalidOperationException">It cannot be saved, or its options cannot be read again as they are.</exception>
    internal static NetworkEntry Of(IDenoiser denoiser)
    {
        var (kind, description) = NetworkKinds.ToSave(denoiser);
        try
        {
            var entry = new NetworkEntry
            {
                Kind = description.Kind,
                Options = JsonSerializer.SerializeToElement(description.Options, kind.OptionsType, ModelDescription.Json),
            };
            _ = entry.Read(kind);
            return entry;
        }
        catch (Exception fault) when (fault is JsonException or NotSupportedException or ArgumentException or InvalidOperationException)
        {
            throw new InvalidOperationException(
                $"The options of a network that is saved must be plain data, but JSON cannot hold those of '{description.Kind}': {fault.Message}",
                fault);
        }
    }

    internal NetworkDescription ToDescription() => NetworkKinds.Find(Kind) is { } kind
        ? new(Kind, Read(kind))
        : throw new JsonException(
            $"the network's kind must be registered ({nameof(NetworkKinds)}.{nameof(NetworkKinds.Register)}: "
            + $"{string.Join(", ", NetworkKinds.Names)}), but is '{Kind}'");

    private object Read(NetworkKind kind)
    {
        var options = Options.Deserialize(kind.OptionsType, ModelDescription.Json)
            ?? throw new JsonException("the network's options must not be null");
        return options is UNetOptions unet && string.Join(" ", unet.Faults()) is { Length: > 0 } faults ? throw new JsonException(faults) : options;
    }
}
