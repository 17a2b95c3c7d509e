namespace Ddpm.Hosting;

/// <summary>Why a service takes no request.</summary>
public enum DiffusionUnavailability
{
    /// <summary>As many images wait as may: a web server answers 429 (Too Many Requests).</summary>
    QueueFull,

    /// <summary>The application ends: a web server answers 503 (Service Unavailable).</summary>
    Stopping,
}
