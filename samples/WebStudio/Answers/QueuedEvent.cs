namespace Ddpm.Samples.WebStudio;

/// <summary>A request waits.</summary>
/// <param name="Before">Requests that come first.</param>
/// <param name="Delay">Seconds that it will probably take until then.</param>
internal sealed record QueuedEvent(int Before, double Delay);
