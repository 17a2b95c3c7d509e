using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Ddpm.Denoising;
using Ddpm.Training;

namespace Ddpm;

/// <summary>What ddpm.json says. Unknown and missing members are refused: nothing is guessed.</summary>
internal sealed record ModelDescription
{
    internal static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,        // a highest level or threshold may be infinite
        Converters =
        {
            new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false),
            new NetworkJson.ImageShapeConverter(),
        },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { NetworkJson.RequireAll } },
    };

    private const string ThisFormat = "ddpm-1";

    public required string Format { get; init; }

    public required ScheduleDescription Schedule { get; init; }

    /// <summary>The network's kind and options.</summary>
    public required NetworkEntry Network { get; init; }

    /// <summary>Absent in older files for a sampler that was not this library's.</summary>
    public JsonObject? Sampler { get; init; }

    /// <summary>What the network is shown, told and asked for.</summary>
    public required Parameterization Parameterization { get; init; }

    /// <summary>Which points training visits; absent: uniform steps.</summary>
    public LevelsDescription? Levels { get; init; }

    /// <summary>x_0 is clipped to ± this; absent: not clipped.</summary>
    public double? Clip { get; init; }

    /// <summary>Dynamic thresholding in place of clipping; absent: none.</summary>
    public DynamicThreshold? Threshold { get; init; }

    /// <summary>Names of the network's classes, by label; absent: not known.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <exception cref="InvalidOperationException">A part of it cannot be saved.</exception>
    /// <exception cref="PlatformNotSupportedException">The program was compiled by native AOT.</exception>
    internal static ModelDescription Of(SavedParts parts)
    {
        Reflection.Check("Saving a diffusion");
        return new()
        {
            Format = ThisFormat,
            Schedule = ScheduleDescription.Of(parts.Process.Schedule),
            Network = NetworkEntry.Of(parts.Denoiser),
            Sampler = SamplerJson.Write(parts.Sampler),
            Parameterization = parts.Prediction.Parameterization,
            Levels = LevelsDescription.Of(parts.Levels),
            Clip = parts.Prediction.Clip,
            Threshold = parts.Prediction.Threshold,
            ClassNames = parts.ClassNames,
        };
    }

    /// <summary>What a description says.</summary>
    /// <param name="document">Its JSON.</param>
    /// <param name="source">Where it is from.</param>
    /// <param name="weights">The file of weights beside it; null: the network comes from elsewhere.</param>
    /// <exception cref="DataFormatException">It says what no model has.</exception>
    internal static CheckpointParts Read(JsonDocument document, string source, string? weights)
    {
        Reflection.Check("Loading a saved diffusion");
        try
        {
            var description = document.Deserialize<ModelDescription>(Json) ?? throw new JsonException("it must be an object, but is null");
            return description.ToParts(weights);
        }
        catch (Exception fault) when (fault is JsonException or ArgumentException)
        {
            throw new DataFormatException(source, null, fault.Message.TrimEnd('.'), fault);
        }
    }

    private CheckpointParts ToParts(string? weights)
    {
        if (Format != ThisFormat)
            throw new JsonException($"format must be {ThisFormat}, but is '{Format}'");
        if (ClassNames?.Any(name => name is null) == true)
            throw new JsonException("every class must have a name, but one is null");
        var schedule = Schedule.ToSchedule();
        var path = new DiffusionPath(schedule);
        Parameterization.Check(path);
        var parts = new CheckpointParts
        {
            Schedule = schedule,
            Network = Network.ToDescription(),
            Weights = weights is null ? null : (weights, new()),
            Prediction = new() { Parameterization = Parameterization, Clip = Clip, Threshold = Threshold },
            Levels = Levels?.ToLevels() ?? TrainingLevels.Uniform,
            ClassNames = EquatableList.Of(ClassNames),
        };
        if (SamplerJson.IsOther(Sampler, out var name))
            return parts with
            {
                SamplerToGive = $"The folder's model was saved with a sampler that is not this library's ({name}): give one (WithSampler).",
            };
        var sampler = SamplerJson.Read(Sampler!);
        sampler.Check(path);
        return parts with { Sampler = sampler };
    }
}
