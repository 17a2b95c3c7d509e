namespace Ddpm.Tests;

/// <summary>Files that stay outside the repository: real images and what was made from them. Tests that use them skip without them.</summary>
internal static class Shared
{
    /// <summary>A file or folder in ../shared, or the test is skipped.</summary>
    internal static string Path(string relative)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = System.IO.Path.Combine(folder.FullName, "shared", relative);
            if (File.Exists(candidate) || Directory.Exists(candidate))
                return candidate;
        }
        Assert.Ignore($"shared/{relative} is not on this machine.");
        throw new InvalidOperationException();
    }

    /// <summary>A file under Golden/, which every clone has.</summary>
    internal static string Golden(string relative) => System.IO.Path.Combine(AppContext.BaseDirectory, "Golden", relative);
}
