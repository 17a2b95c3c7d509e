using Ddpm.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Ddpm.Samples.WebStudio;

/// <summary>Where the library's and the server's measurements and traces go: the application's choice, of which the library knows nothing.</summary>
internal static class StudioTelemetry
{
    private static readonly string[] Meters =
        [DiffusionTelemetry.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.RateLimiting"];

    private static readonly string[] Sources = [DiffusionTelemetry.Name, "Microsoft.AspNetCore"];

    /// <param name="builder">The application.</param>
    /// <param name="where">none, console or otlp.</param>
    public static void AddTo(WebApplicationBuilder builder, string where)
    {
        if (where == "none")
            return;
        // OTEL_EXPORTER_OTLP_ENDPOINT and its like.
        builder.Configuration.AddInMemoryCollection(Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .Where(each => ((string)each.Key).StartsWith("OTEL_", StringComparison.Ordinal))
            .Select(each => KeyValuePair.Create((string)each.Key, (string?)each.Value)));
        builder.Services.AddOpenTelemetry()
            .WithMetrics(metrics => To(metrics.AddMeter(Meters), where))
            .WithTracing(traces => To(traces.AddSource(Sources), where));
    }

    private static void To(MeterProviderBuilder metrics, string where) =>
        _ = where == "otlp" ? metrics.AddOtlpExporter() : metrics.AddConsoleExporter();

    private static void To(TracerProviderBuilder traces, string where) =>
        _ = where == "otlp" ? traces.AddOtlpExporter() : traces.AddConsoleExporter();
}
