using System.Text.Json;
using System.Text.Json.Serialization;
using Ddpm.Evaluation;

namespace Ddpm.Samples;

/// <summary>All that an evaluation found: evaluation.json is this.</summary>
internal sealed record EvaluationResult
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>The version of the library.</summary>
    public required string Program { get; init; }

    /// <summary>When it was finished, UTC.</summary>
    public required DateTime Date { get; init; }

    /// <summary>Where the network computed.</summary>
    public required string Device { get; init; }

    public required ImagesUsed Evaluated { get; init; }

    public required ImagesUsed Reference { get; init; }

    /// <summary>How the images were drawn; null: they were not.</summary>
    public SampleSettings? Sampling { get; init; }

    public required FeatureSpace Features { get; init; }

    public required IReadOnlyList<Measure> Measures { get; init; }

    /// <summary>null: there were no training images.</summary>
    public Memorisation? Memorisation { get; init; }

    /// <summary>null: not measured.</summary>
    public LossByStep? Loss { get; init; }

    /// <summary>null: not measured.</summary>
    public BitsUsed? Bits { get; init; }

    public string Json() => JsonSerializer.Serialize(this, Format) + "\n";
}
