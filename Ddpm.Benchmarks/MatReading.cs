using BenchmarkDotNet.Attributes;

namespace Ddpm.Benchmarks;

/// <summary>
/// Reading CIFAR-10 .mat files. <c>DDPM_CIFAR10</c> names their folder; without that variable, cifar-10-batches-mat is looked for in the current folder,
/// and in shared/data there and in every folder above.
/// </summary>
[BenchmarkCategory("files")]
[IterationCount(10)]
public class MatReading
{
    private const string Name = "cifar-10-batches-mat";
    private string folder = "";

    /// <summary>Whether the folder is there.</summary>
    internal static bool IsPossible => Places().Any(Directory.Exists);

    /// <summary>Finds the folder.</summary>
    [GlobalSetup]
    public void Begin() => folder = Places().FirstOrDefault(Directory.Exists) ?? throw new DirectoryNotFoundException(
        $"The variable DDPM_CIFAR10 must name a folder with the files of the \"CIFAR-10 Matlab version\" "
        + $"(https://www.cs.toronto.edu/~kriz/cifar.html); looked for were {string.Join(", ", Places())}.");

    /// <summary>All training images.</summary>
    [Benchmark]
    public int Read() => new Cifar10MatReader(folder).Read().Count;

    private static IEnumerable<string> Places()
    {
        if (Environment.GetEnvironmentVariable("DDPM_CIFAR10") is { Length: > 0 } named)
        {
            yield return named;
            yield break;
        }
        yield return Path.GetFullPath(Name);
        for (var above = new DirectoryInfo(Environment.CurrentDirectory); above is not null; above = above.Parent)
            yield return Path.Combine(above.FullName, "shared", "data", Name);
    }
}
