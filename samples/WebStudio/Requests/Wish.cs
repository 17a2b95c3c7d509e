using System.Globalization;
using System.Numerics;
using Ddpm.Samplers;

namespace Ddpm.Samples.WebStudio;

/// <summary>A request for images whose fields were looked at.</summary>
internal sealed class Wish
{
    /// <summary>JavaScript counts to there.</summary>
    public const ulong LargestSeed = (1UL << 53) - 1;

    private const double LargestGuidance = 100;

    /// <exception cref="RefusedException">A field breaks a rule.</exception>
    public Wish(DrawingBody body, StudioModels models, StudioOptions options)
    {
        Model = models.Of(body.Model);
        Seed = SeedOf(body.Seed);
        if (body.Sampler is { } name && Model.Samplers.All(each => each.Name != name))
            throw RefusedException.Of("sampler", $"one of {string.Join(", ", Model.Samplers.Select(each => each.Name))}", Quoted.Text(name));
        if (body.Steps is { } steps)
            Within("steps", steps, 1, options.MostSteps);
        if (body.Steps is not null && body.Sampler is null)
            throw RefusedException.Of("steps", "left out without a sampler, whose they are", Text(body.Steps.Value));
        if (body.Label is { } label)
        {
            var classes = Model.Info.Classes ?? throw RefusedException.Of("label", "left out, as the model has no classes", Text(label));
            Within("label", label, 0, classes - 1);
        }
        if (body.Guidance is { } guidance)
        {
            if (!Model.Info.TakesGuidance || body.Label is null)
                throw RefusedException.Of(
                    "guidance",
                    Model.Info.TakesGuidance ? "left out without a label, that it leads to" : "left out, as the model was not trained for it",
                    Text(guidance));
            if (!(Math.Abs(guidance) <= LargestGuidance))
                throw RefusedException.Of("guidance", $"a number in -{LargestGuidance}..{LargestGuidance}", Text(guidance));
        }
        (Sampler, Steps, Label, Guidance) = (body.Sampler, body.Steps, body.Label, body.Guidance);
    }

    public StudioModel Model { get; }

    public ulong Seed { get; }

    public string? Sampler { get; }

    public int? Steps { get; }

    public int? Label { get; }

    public double? Guidance { get; }

    /// <summary>The class of each of some images.</summary>
    public IReadOnlyList<int>? Labels(int count) => Label is { } label ? [.. Enumerable.Repeat(label, count)] : null;

    /// <summary>What the library is asked for, beside the seed.</summary>
    public SamplingOptions ToSampling(int count) => new()
    {
        Sampler = Sampler is null ? null : NamedSamplers.Create(Sampler, Steps),
        Labels = Labels(count),
        Guidance = Guidance is { } scale ? new Guidance(scale) : null,
        Backend = Model.Backend,
    };

    /// <summary>A seed as it was given, or any.</summary>
    public static ulong SeedOf(ulong? given, string field = "seed") =>
        given is { } seed ? Within(field, seed, 0UL, LargestSeed) : (ulong)Random.Shared.NextInt64(1L << 32);

    /// <exception cref="RefusedException">The number is outside.</exception>
    public static T Within<T>(string field, T value, T least, T most)
        where T : INumber<T> => value >= least && value <= most
            ? value
            : throw RefusedException.Of(field, $"a whole number in {Text(least)}..{Text(most)}", Text(value));

    private static string Text<T>(T number)
        where T : IFormattable => number.ToString(null, CultureInfo.InvariantCulture);
}
