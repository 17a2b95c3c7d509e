using System.Collections.Concurrent;
using Ddpm.Networks;

namespace Ddpm;

/// <summary>
/// The kinds of networks that can be saved and loaded. <see cref="UNet"/> is one; an application registers its own once, before it loads one. Files
/// name a kind and never a type, so that no file can make anything else.
/// </summary>
public static class NetworkKinds
{
    private static readonly ConcurrentDictionary<string, NetworkKind> Kinds = new(StringComparer.Ordinal)
    {
        [UNet.Kind] = new UNetKind(),
    };

    /// <summary>
    /// Registers a kind of network. Its <see cref="IDenoiser.Description"/> must name the kind and give options of this type, which must say all that
    /// the network is made by, in properties that JSON can hold.
    /// </summary>
    /// <typeparam name="TOptions">A record with properties that can be set.</typeparam>
    /// <param name="kind">The name, part of the files.</param>
    /// <param name="create">
    /// Makes a network with fresh weights on the CPU, by its options and the seed of the weights; its traits must give the shape of its images.
    /// </param>
    /// <exception cref="ArgumentException">The name is empty, or another kind has it.</exception>
    public static void Register<TOptions>(string kind, Func<TOptions, ulong, IDenoiser> create)
        where TOptions : class
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(kind);
        ArgumentNullException.ThrowIfNull(create);
        if (Kinds.GetOrAdd(kind, _ => new RegisteredKind<TOptions>(create)).OptionsType != typeof(TOptions))
            throw new ArgumentException($"A kind of network must have a name of its own, but there is another '{kind}'.", nameof(kind));
    }

    /// <summary>The names, in order.</summary>
    public static IReadOnlyList<string> Names => [.. Kinds.Keys.Order(StringComparer.Ordinal)];

    /// <summary>A kind by its name; null: it is not registered.</summary>
    internal static NetworkKind? Find(string kind) => Kinds.GetValueOrDefault(kind);

    /// <summary>The kind of a network that is to be saved.</summary>
    /// <exception cref="InvalidOperationException">It has no description, or one of a kind that is not registered.</exception>
    internal static (NetworkKind Kind, NetworkDescription Description) ToSave(IDenoiser denoiser)
    {
        if (denoiser.Network is null || denoiser.Description is not { } description)
            throw new InvalidOperationException(
                $"Only a network that describes itself can be saved ({nameof(IDenoiser)}.{nameof(IDenoiser.Description)}), but this "
                + $"{denoiser.GetType().Name} does not.");
        return Find(description.Kind) is { } kind && kind.OptionsType.IsInstanceOfType(description.Options)
            ? (kind, description)
            : throw new InvalidOperationException(
                $"A network that is saved must be of a registered kind ({nameof(NetworkKinds)}.{nameof(Register)}: {string.Join(", ", Names)}), "
                + $"but this one is a '{description.Kind}' of {description.Options.GetType().Name}.");
    }
}
