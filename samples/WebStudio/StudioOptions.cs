namespace Ddpm.Samples.WebStudio;

/// <summary>What a studio shows, and how much of it.</summary>
internal sealed record StudioOptions
{
    /// <summary>Pixels of an uploaded picture, looked at before it is decoded.</summary>
    public const long MostPixels = 1 << 24;

    /// <summary>Bytes of a request that brings no picture.</summary>
    public const int MostBytes = 1 << 14;

    /// <summary>Paths by names.</summary>
    public required IReadOnlyDictionary<string, string> Models { get; init; }

    /// <summary>Where to listen.</summary>
    public IReadOnlyList<string> Urls { get; init; } = ["http://127.0.0.1:0"];

    /// <summary>Names that requests may be sent to, beside localhost and the bound ones.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>As cpu or cuda:0.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Images that go through the network together; no request may be for more.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>Images of each model that may wait.</summary>
    public int QueueLimit { get; init; } = 64;

    /// <summary>Steps that a request may ask for.</summary>
    public int MostSteps { get; init; } = 1000;

    /// <summary>Of one client.</summary>
    public int RequestsAMinute { get; init; } = 120;

    /// <summary>Bytes of a request with a picture, which is a third longer in JSON.</summary>
    public int MostUploadBytes { get; init; } = 8 << 20;

    /// <summary>How long the end of the program lets requests finish.</summary>
    public TimeSpan FinishWithin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>none, console or otlp.</summary>
    public string Telemetry { get; init; } = "none";

    /// <summary>Images that a request may ask for.</summary>
    public int MostImages => Math.Min(BatchSize, QueueLimit);
}
