using Ddpm.Networks;

namespace Ddpm;

/// <summary>
/// What diffusers calls the choices of a description, for reading and for writing; of several names of one choice the first is written.
/// </summary>
internal static class PipelineNames
{
    internal static readonly (string? Name, PredictionType Value)[] Predictions =
        [("epsilon", PredictionType.Epsilon), ("sample", PredictionType.X0), ("v_prediction", PredictionType.V)];

    // The logarithmic forms are the same variances; diffusers' own fixed_large_log ends in NaN.
    internal static readonly (string? Name, (AncestralVariance Fixed, LearnedVariance Learned) Value)[] Variances =
    [
        ("fixed_small", (AncestralVariance.FixedSmall, LearnedVariance.None)),
        ("fixed_small_log", (AncestralVariance.FixedSmall, LearnedVariance.None)),
        ("fixed_large", (AncestralVariance.FixedLarge, LearnedVariance.None)),
        ("fixed_large_log", (AncestralVariance.FixedLarge, LearnedVariance.None)),
        ("learned", (AncestralVariance.FixedLarge, LearnedVariance.Direct)), ("learned_range", (AncestralVariance.FixedLarge, LearnedVariance.Range)),
    ];

    internal static readonly (string? Name, Activation Value)[] Activations =
        [("silu", Activation.SiLU), ("swish", Activation.SiLU), ("mish", Activation.Mish), ("gelu", Activation.Gelu), ("relu", Activation.Relu)];

    internal static readonly (string? Name, TimeEmbeddingKind Value)[] TimeEmbeddings =
        [("positional", TimeEmbeddingKind.Sinusoidal), ("fourier", TimeEmbeddingKind.Fourier), ("learned", TimeEmbeddingKind.Learned)];

    // A trained row for each class has no name: the number of classes alone asks for it.
    internal static readonly (string? Name, LabelKind? Value)[] Labels =
        [(null, null), ("timestep", LabelKind.Timestep), ("identity", LabelKind.Identity)];

    /// <summary>The name of a choice; null if it has none.</summary>
    internal static string? Of<T>(this (string? Name, T Value)[] names, T value) =>
        names.FirstOrDefault(each => EqualityComparer<T>.Default.Equals(each.Value, value)).Name;
}
