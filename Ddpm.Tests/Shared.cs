namespace Ddpm.Tests;

/// <summary>Files that stay outside the repository: real images and what was made from them. Tests that use them skip without them.</summary>
internal static class Shared
{
    internal const string Cifar10 = "data/cifar-10-batches-mat";
    internal const string Face = "data/face.png";

    /// <summary>A file or folder in a folder named shared beside the repository or above it, or the test is skipped and says how to get it.</summary>
    internal static string Path(string relative)
    {
        if (Places(relative).FirstOrDefault(System.IO.Path.Exists) is { } path)
            return path;
        Assert.Ignore($"shared/{relative} is missing (a folder \"shared\" lies beside the repository): {HowToGet(relative)}");
        throw new InvalidOperationException();
    }

    internal static IEnumerable<string> Places(string relative)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            yield return System.IO.Path.Combine(folder.FullName, "shared", relative);
    }

    private static string HowToGet(string relative) => relative switch
    {
        Cifar10 => "the \"CIFAR-10 Matlab version\" of https://www.cs.toronto.edu/~kriz/cifar.html, unpacked; or the first 1,000 of each file.",
        Face => "resources/face.png of https://github.com/MingtaoGuo/DDPM_pytorch, of which eng/recordings/seed.py made face-128.png.",
        _ => "see eng/recordings/README.md.",
    };
}
