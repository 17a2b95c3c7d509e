using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Ddpm.Telemetry;

/// <summary>
/// Where the library tells what it does, for who listens: an <see cref="ActivitySource"/> and a <see cref="Meter"/> by this name. OpenTelemetry, for
/// one, listens by <c>AddSource(DiffusionTelemetry.Name)</c> and <c>AddMeter(DiffusionTelemetry.Name)</c>. Names and units follow its conventions.
/// Without a listener nothing is measured.
/// </summary>
public static class DiffusionTelemetry
{
    /// <summary>The name of the source of activities and of the meter.</summary>
    public const string Name = "Ddpm";

    private static readonly string? Version = typeof(DiffusionTelemetry).Assembly.GetName().Version?.ToString(fieldCount: 3);

    internal static ActivitySource Activities { get; } = new(Name, Version);

    internal static Meter Meter { get; } = new(Name, Version);
}
