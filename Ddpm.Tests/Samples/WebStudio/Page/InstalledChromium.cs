using Microsoft.Playwright;

namespace Ddpm.Tests.Samples.WebStudio.Page;

/// <summary>A Chromium that is on the machine: nothing is downloaded for the tests.</summary>
internal static class InstalledChromium
{
    private const string Variable = "DDPM_CHROMIUM";

    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge"];

    /// <summary>Where it is, or the test is skipped and says what is missing.</summary>
    internal static string Find()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var found = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } said ? said
            : Names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
        if (found is null)
            Assert.Ignore($"There is no {string.Join(", ", Names)} on the PATH, and {Variable} names none.");
        return found!;
    }

    internal static Task<IBrowser> LaunchAsync(IPlaywright playwright) => playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
    {
        ExecutablePath = Find(),
        Headless = true,
        // CI's user is root, for whom Chromium has no sandbox; the page is the studio's own.
        ChromiumSandbox = false,
    });
}
