namespace Ddpm.Tests;

/// <summary>Progress told at once, on the thread that reports it.</summary>
internal sealed class Direct<T>(Action<T> action) : IProgress<T>
{
    public void Report(T value) => action(value);
}
