namespace Ddpm.Tests;

/// <summary>The checkout that the tests were built in.</summary>
internal static class Repository
{
    /// <summary>Its folder, or null where only the built tests were copied to.</summary>
    internal static string? Folder { get; } = Find();

    /// <summary>The full path of a file or folder in it, or the test is skipped.</summary>
    /// <param name="relative">From its root.</param>
    internal static string At(string relative)
    {
        if (Folder is not null)
            return Path.Combine(Folder, relative);
        Assert.Ignore($"The repository with {relative} is not around the tests.");
        throw new InvalidOperationException();
    }

    private static string? Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Ddpm.sln")))
            folder = folder.Parent;
        return folder?.FullName;
    }
}
