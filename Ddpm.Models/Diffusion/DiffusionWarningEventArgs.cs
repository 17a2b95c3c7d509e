namespace Ddpm;

/// <summary>Something odd that was used, though it can be meant.</summary>
/// <param name="message">A sentence.</param>
public sealed class DiffusionWarningEventArgs(string message) : EventArgs
{
    /// <summary>What it is, a sentence.</summary>
    public string Message { get; } = message;
}
