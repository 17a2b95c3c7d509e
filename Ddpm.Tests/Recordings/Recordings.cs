using System.Collections.Concurrent;
using System.Text.Json;
using static TorchSharp.torch;

namespace Ddpm.Tests;

/// <summary>
/// What the originals computed: index files (JSON) and tensors in a folder, Golden/ of this project or the one that <see cref="Variable"/> names.
/// Files are opened once. A test whose file is missing is skipped and says which.
/// </summary>
internal static class Recordings
{
    /// <summary>The environment variable that names another folder of the same form.</summary>
    internal const string Variable = "DDPM_GOLDEN";

    private static readonly string? Given = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder ? Existing(folder) : null;
    private static readonly ConcurrentDictionary<string, JsonElement> Indices = new();
    private static readonly ConcurrentDictionary<string, SafetensorsFile> Opened = new();

    /// <summary>Whether the recordings are this repository's, of which its documentation speaks.</summary>
    internal static bool AreOurs => Given is null;

    internal static bool Has(string relative) => Find(relative) is not null;

    /// <summary>The full path of a file or folder.</summary>
    internal static string At(string relative)
    {
        if (Find(relative) is { } path)
            return path;
        Assert.Ignore($"The recordings have no {relative}.");
        throw new InvalidOperationException();
    }

    /// <summary>A small input of this repository, which no recording takes the place of.</summary>
    internal static string Own(string relative) => Path.Combine(AppContext.BaseDirectory, "Golden", relative);

    /// <summary>An index file; what Python writes as NaN and Infinity is null.</summary>
    internal static JsonElement Index(string relative) => Indices.GetOrAdd(At(relative), path =>
    {
        using var json = JsonFile.ReadPython(path);
        return json.RootElement.Clone();
    });

    /// <summary>A file of tensors, which stays open.</summary>
    internal static SafetensorsFile Tensors(string relative) => Opened.GetOrAdd(At(relative), SafetensorsFile.Open);

    /// <summary>A tensor, which belongs to the caller.</summary>
    internal static Tensor Read(string relative, string name)
    {
        var file = Tensors(relative);
        if (!file.Contains(name))
            Assert.Ignore($"{relative} of the recordings holds no {name}.");
        return file.Read(name);
    }

    /// <summary>The names of the tensors in a file that begin with a prefix, without it.</summary>
    internal static IEnumerable<string> Names(string relative, string prefix) => Tensors(relative).Entries
        .Select(entry => entry.Name)
        .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
        .Select(name => name[prefix.Length..]);

    /// <summary>
    /// The cases of a test over what a file holds, or, where the recordings have no such file or no such case, one that is skipped and says so.
    /// </summary>
    /// <param name="relative">The file.</param>
    /// <param name="cases">The arguments of each case, asked for only if the file is there.</param>
    /// <param name="arguments">How many arguments the test has.</param>
    internal static IEnumerable<TestCaseData> Cases(string relative, Func<IEnumerable<object?[]>> cases, int arguments = 1)
    {
        var found = Has(relative) ? cases().Select(each => new TestCaseData(each)).ToList() : [];
        return found.Count > 0
            ? found
            : [new TestCaseData(new object?[arguments]).SetArgDisplayNames(relative).Ignore($"The recordings have no cases of it in {relative}.")];
    }

    /// <inheritdoc cref="Cases(string, Func{IEnumerable{object[]}}, int)"/>
    internal static IEnumerable<TestCaseData> Cases(string relative, Func<IEnumerable<string>> cases) =>
        Cases(relative, () => cases().Select(name => new object?[] { name }));

    // What comes from real images stays outside the repository.
    private static string? Find(string relative)
    {
        IEnumerable<string> places = Given is not null
            ? [Path.Combine(Given, relative)]
            : [Path.Combine(AppContext.BaseDirectory, "Golden", relative), .. Shared.Places("golden/" + relative)];
        return places.FirstOrDefault(Path.Exists);
    }

    // `dotnet test` runs elsewhere than its caller: a relative folder is meant from the caller's, or from the repository's.
    private static string Existing(string folder)
    {
        IEnumerable<string?> from = [Environment.GetEnvironmentVariable("PWD"), Environment.CurrentDirectory, Repository.Folder];
        return from.OfType<string>().Select(each => Path.GetFullPath(folder, each)).FirstOrDefault(Directory.Exists)
            ?? throw new DirectoryNotFoundException($"{Variable} must name a folder of recordings, but there is no {folder}.");
    }
}
