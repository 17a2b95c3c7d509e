using Ddpm.Tests.Data.Checkpoints;

/// <summary>
/// What the runtime calls in a process whose DOTNET_STARTUP_HOOKS names this assembly: the samples that the tests start, and this assembly itself as
/// a program.
/// </summary>
internal static class StartupHook
{
    /// <summary>Loading this assembly has set the culture: see TestCulture.</summary>
    public static void Initialize() => SaveLoop.RunIfAsked();
}
