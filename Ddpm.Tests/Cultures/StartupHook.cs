/// <summary>What the runtime calls in a process whose DOTNET_STARTUP_HOOKS names this assembly: the samples that the tests start.</summary>
internal static class StartupHook
{
    /// <summary>Loading this assembly has set the culture: see TestCulture.</summary>
    public static void Initialize()
    {
    }
}
