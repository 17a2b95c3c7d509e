namespace Ddpm.Hosting;

/// <summary>A service takes no request now.</summary>
public sealed class DiffusionUnavailableException : Exception
{
    internal DiffusionUnavailableException(DiffusionUnavailability reason, string message, TimeSpan retryAfter)
        : base(message) => (Reason, RetryAfter) = (reason, retryAfter);

    /// <summary>Why.</summary>
    public DiffusionUnavailability Reason { get; }

    /// <summary>When it is worth asking again: whole seconds, at least one, as the header <c>Retry-After</c> wants them.</summary>
    public TimeSpan RetryAfter { get; }
}
