using Ddpm.Networks;

namespace Ddpm;

/// <summary>What a builder was told of the network: a network, or how one is made, and its weights.</summary>
internal sealed record NetworkSlot
{
    /// <summary>A network of the caller's.</summary>
    internal IDenoiser? Given { get; init; }

    /// <summary>The shape of its images, if it was said.</summary>
    internal ImageShape? Image { get; init; }

    /// <summary>How a network is made.</summary>
    internal NetworkDescription? Description { get; init; }

    /// <summary>Classes of a UNet, whatever its options.</summary>
    internal LabelOptions? Labels { get; init; }

    /// <summary>Whether a UNet is self-conditioned, whatever its options.</summary>
    internal bool SelfConditioning { get; init; }

    /// <summary>Where its weights are read from.</summary>
    internal (string File, PretrainedOptions Options)? Weights { get; init; }

    /// <summary>Of fresh weights.</summary>
    internal ulong Seed { get; init; }

    private UNetOptions? UNetOptions => Description is null ? UNetOptions.Cifar10 : Description.Options as UNetOptions;

    internal IEnumerable<string> Faults()
    {
        if (Given is not null && Description is not null)
            yield return "There must be one network, but both a denoiser and a description of one were given.";
        if (Given is not null && Weights is not null)
            yield return "Weights are for a network that the builder makes, but a denoiser was given.";
        var isOther = Given is not null || UNetOptions is null;
        if (isOther && Labels is not null)
            yield return "Classes are for a UNet, but another network was given: one that takes labels says so itself.";
        if (isOther && SelfConditioning)
            yield return "Self-conditioning is for a UNet, but another network was given: one that takes an estimate of x_0 says so itself.";
        if (Given is not null && ImageOfGiven is null or { Channels: 0 })
            yield return "A denoiser needs the shape of its images, here or in its traits.";
        if (Description is not null && NetworkKinds.Find(Description.Kind) is null)
            yield return $"A network must be of a registered kind ({string.Join(", ", NetworkKinds.Names)}), but is a '{Description.Kind}'.";
        else if (Description is { Options: var options, Kind: var kind } && NetworkKinds.Find(kind)!.OptionsType is var type
            && !type.IsInstanceOfType(options))
            yield return $"A '{Description.Kind}' must be described by {type.Name}, but is by {options.GetType().Name}.";
    }

    /// <summary>What is known before a network is made: nothing where a file of weights tells.</summary>
    internal (NetworkTraits? Traits, bool IsNetwork, ImageShape? Image) Known(Parameterization parameterization) =>
        Given is not null ? (Given.Traits, Given.Network is not null, ImageOfGiven)
        : Weights is null && UNetOptions is { } options && With(options, parameterization).Traits() is var traits ? (traits, true, traits.Image)
        : (null, true, null);

    /// <summary>A network with fresh weights.</summary>
    internal IDenoiser Make(Parameterization parameterization)
    {
        var description = UNetOptions is { } options ? new(UNet.Kind, With(options, parameterization)) : Description!;
        return NetworkKinds.Find(description.Kind)!.Create(description.Options, Seed);
    }

    /// <summary>A UNet of a file: by its options, if they were given, else by what the file tells.</summary>
    internal UNetOptions OptionsOf(CheckpointWeights weights, PretrainedOptions options)
    {
        var told = SelfConditioning ? options with { SelfConditioning = true } : options;
        return With(Description is null ? NetworkShape.Infer(weights, told) : UNetOptions!, Parameterization.Epsilon);
    }

    internal ImageShape? ImageOfGiven => Image ?? Given?.Traits.Image;

    // A learned variance asks for twice the channels, unless they were said.
    private UNetOptions With(UNetOptions options, Parameterization parameterization) => options with
    {
        Labels = Labels ?? options.Labels,
        SelfConditioning = SelfConditioning || options.SelfConditioning,
        OutputChannels = options.OutputChannels
            ?? (parameterization.Variance != LearnedVariance.None && Weights is null ? 2 * options.Image.Channels : null),
    };
}
