namespace Ddpm.Tests.Data.TensorBoard;

/// <summary>An event out of an event file.</summary>
/// <param name="WallTime">Seconds since 1970.</param>
/// <param name="Step">The step.</param>
/// <param name="FileVersion">What the first event of a file says; null in others.</param>
/// <param name="StartsSession">Whether a run begins, or goes on, with this step.</param>
/// <param name="Values">Its numbers and pictures.</param>
internal sealed record LoggedEvent(double WallTime, long Step, string? FileVersion, bool StartsSession, IReadOnlyList<LoggedValue> Values);

/// <summary>A number or a picture.</summary>
/// <param name="Tag">What TensorBoard calls the value.</param>
/// <param name="Number">The number; null of a picture.</param>
/// <param name="Shape">C, H and W of a picture.</param>
/// <param name="Png">The bytes of its file.</param>
internal sealed record LoggedValue(string Tag, float? Number, (long C, long H, long W) Shape, byte[]? Png);
