using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ddpm.Samples.WebStudio;

/// <summary>JSON of the API, without reflection: unknown fields, fields that come twice and numbers in quotes are refused.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = 8)]
[JsonSerializable(typeof(GenerateBody))]
[JsonSerializable(typeof(InpaintBody))]
[JsonSerializable(typeof(InterpolateBody))]
[JsonSerializable(typeof(ForwardBody))]
[JsonSerializable(typeof(ModelsAnswer))]
[JsonSerializable(typeof(QueueEntry[]))]
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(ForwardAnswer))]
[JsonSerializable(typeof(QueuedEvent))]
[JsonSerializable(typeof(FrameEvent))]
[JsonSerializable(typeof(ProgressEvent))]
[JsonSerializable(typeof(FinalEvent))]
[JsonSerializable(typeof(Problem))]
internal sealed partial class StudioJson : JsonSerializerContext;
