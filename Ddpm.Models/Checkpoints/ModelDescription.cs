using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

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

    public required UNetOptions Network { get; init; }

    /// <summary>Absent in older files for a sampler that was not this library's.</summary>
    public JsonObject? Sampler { get; init; }

    /// <summary>What the network predicts; absent: ε.</summary>
    public PredictionType? Prediction { get; init; }

    /// <summary>What it is shown and told; absent: x and the step t.</summary>
    public InputDescription? Input { get; init; }

    /// <summary>x_0 is clipped to ± this; absent: not clipped.</summary>
    public double? Clip { get; init; }

    /// <summary>Dynamic thresholding in place of clipping; absent: none.</summary>
    public DynamicThreshold? Threshold { get; init; }

    internal static ModelDescription Of(SavedParts parts) => new()
    {
        Format = ThisFormat,
        Schedule = ScheduleDescription.Of(parts.Process.Schedule),
        Network = parts.Network.Options,
        Sampler = SamplerJson.Write(parts.Sampler, parts.Process.Path),
        Prediction = parts.Prediction.Type == PredictionType.Epsilon ? null : parts.Prediction.Type,
        Input = InputDescription.Of(parts.Prediction.Input),
        Clip = parts.Prediction.Clip,
        Threshold = parts.Prediction.Threshold,
    };

    /// <param name="weights">The file of weights beside it.</param>
    internal CheckpointParts ToParts(string weights)
    {
        if (Format != ThisFormat)
            throw new JsonException($"format must be {ThisFormat}, but is '{Format}'");
        var schedule = Schedule.ToSchedule();
        var path = new DiffusionPath(schedule);
        var prediction = new PredictorOptions
        {
            Type = Prediction ?? PredictionType.Epsilon,
            Input = Input?.ToInput() ?? NetworkInput.Step,
            Clip = Clip,
            Threshold = Threshold,
        };
        prediction.Check(path);
        Network.Check();
        var parts = new CheckpointParts { Schedule = schedule, Network = Network, Weights = (weights, new()), Prediction = prediction };
        if (SamplerJson.IsOther(Sampler, out var name))
            return parts with
            {
                SamplerToGive = $"The folder's model was saved with a sampler that is not this library's ({name}): give one (WithSampler).",
            };
        var sampler = SamplerJson.Read(Sampler!, path);
        sampler.Check(path);
        return parts with { Sampler = sampler };
    }
}
