using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Ddpm.Networks;

namespace Ddpm.Training;

/// <summary>
/// Everything that the steps of a run follow from, as names and texts that a file keeps: two runs of the same recipe are the same run. How many steps
/// it takes, and what only says how they are computed or told, is not part of it.
/// </summary>
internal static class TrainingRecipe
{
    private const int ImagesLookedAt = 64;

    /// <param name="parts">The model.</param>
    /// <param name="options">As the run was given them.</param>
    /// <param name="data">The images.</param>
    /// <exception cref="PlatformNotSupportedException">The program was compiled by native AOT.</exception>
    internal static IReadOnlyDictionary<string, string> Of(SavedParts parts, TrainingOptions options, IImageDataset data)
    {
        Reflection.Check("Recording a training");
        return new SortedDictionary<string, string>(
            OfModel(parts).Concat(OfOptions(options, parts.Levels)).Concat(OfData(data)).ToDictionary(), StringComparer.Ordinal);
    }

    /// <summary>What differs, in a sentence each; none: the recipes are the same.</summary>
    internal static IReadOnlyList<string> Differences(IReadOnlyDictionary<string, string> saved, IReadOnlyDictionary<string, string> now) =>
    [
        .. saved.Keys.Union(now.Keys).Order(StringComparer.Ordinal)
            .Where(name => saved.GetValueOrDefault(name) != now.GetValueOrDefault(name))
            .Select(name => $"{name} was {saved.GetValueOrDefault(name, "not said")} and is {now.GetValueOrDefault(name, "not said")}"),
    ];

    private static IEnumerable<KeyValuePair<string, string>> OfModel(SavedParts parts)
    {
        yield return new("model.schedule", Json(ScheduleDescription.Of(parts.Process.Schedule)));
        yield return new("model.parameterization", Json(parts.Prediction.Parameterization));
        yield return new("model.network", OfNetwork(parts.Denoiser));
    }

    private static string OfNetwork(IDenoiser denoiser)
    {
        try
        {
            return Json(NetworkEntry.Of(denoiser));
        }
        catch (InvalidOperationException)           // it does not say how it is made
        {
            var network = denoiser.Network!;
            return $"{network.GetType().Name} of {network.parameters().Sum(parameter => parameter.numel())} weights";
        }
    }

    /// <param name="options">The recipe.</param>
    /// <param name="usual">The levels where the options say none.</param>
    internal static IReadOnlyList<KeyValuePair<string, string>> OfOptions(TrainingOptions options, TrainingLevels usual)
    {
        // Records print their numbers in the current culture, and a run may be resumed in another.
        var culture = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        try
        {
            return [.. Said(options, usual)];
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> Said(TrainingOptions options, TrainingLevels usual)
    {
        var said = new (string Name, object? Value)[]
        {
            (nameof(options.BatchSize), options.BatchSize),
            (nameof(options.DropLast), options.DropLast),
            (nameof(options.LearningRate), options.LearningRate),
            (nameof(options.WarmupSteps), options.WarmupSteps),
            (nameof(options.FinalLearningRate), options.FinalLearningRate),
            // Only a rate that falls depends on when the run ends.
            (nameof(options.Steps), options.FinalLearningRate is null ? "any" : options.Steps),
            (nameof(options.GradientClip), options.GradientClip),
            (nameof(options.Optimizer), options.Optimizer),
            (nameof(options.Averages), string.Join("; ", options.AveragesKept)),
            (nameof(options.Precision), options.Precision),
            (nameof(options.Loss), options.Loss),
            (nameof(options.LossSpace), options.LossSpace),
            (nameof(options.Weighting), options.Weighting),
            (nameof(options.BoundWeight), options.BoundWeight),
            (nameof(options.Variance), options.Variance),
            (nameof(options.Levels), options.Levels ?? usual),
            (nameof(options.HorizontalFlip), options.HorizontalFlip),
            (nameof(options.OffsetNoise), options.OffsetNoise),
            (nameof(options.LabelDropout), options.LabelDropout),
            (nameof(options.SelfConditioningRate), options.SelfConditioningRate),
            (nameof(options.ConditionImage), options.ConditionImage is null ? "none" : "a function"),
            (nameof(options.Seed), options.Seed),
        };
        return said.Select(pair => KeyValuePair.Create($"training.{pair.Name}", $"{pair.Value ?? "none"}"));
    }

    private static IEnumerable<KeyValuePair<string, string>> OfData(IImageDataset data)
    {
        yield return new("data.images", FormattableString.Invariant($"{data.Count} of {data.Shape}"));
        yield return new("data.classes", data.ClassNames is { } names ? string.Join(", ", names) : "none");
        yield return new("data.fingerprint", Fingerprint(data));
    }

    // Of all labels and of images spread over the set: enough to tell another set, or another order, without reading all of it.
    private static string Fingerprint(IImageDataset data)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var label in data.Labels ?? [])
            hash.AppendData(BitConverter.GetBytes(label));
        var image = new byte[data.Shape.Values];
        var looks = Math.Min(ImagesLookedAt, data.Count);
        for (var i = 0; i < looks; i++)
        {
            data.CopyTo((int)((long)i * data.Count / looks), image);
            hash.AppendData(image);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    private static string Json<T>(T value) => JsonSerializer.Serialize(value, CompactJson);

    private static readonly JsonSerializerOptions CompactJson = new(ModelDescription.Json) { WriteIndented = false };
}
