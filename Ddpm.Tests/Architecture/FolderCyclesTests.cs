using Microsoft.CodeAnalysis;

namespace Ddpm.Tests.Architecture;

/// <summary>
/// The folders of a library are layers: no folder uses one that uses it, straight or round about. So each can be read, and changed, with those below
/// it alone. See <see cref="FolderGraph"/> for what counts.
/// </summary>
public class FolderCyclesTests
{
    // What every file of the libraries uses unsaid (ImplicitUsings).
    private const string Usings = "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; "
        + "global using System.Threading; global using System.Threading.Tasks;";

    // Files beside the folders that name types inside them: the seams and values that a user meets first, each with the folder it is a part of. And
    // a diffusion with its builder, each of which makes the other.
    private static readonly Dictionary<string, string> Serves = new(StringComparer.Ordinal)
    {
        ["IDenoiser.cs"] = "Networks",
        ["IFeatureExtractor.cs"] = "Evaluation",
        ["ISampler.cs"] = "Samplers",
        ["IDatasetReader.cs"] = "Imaging",
        ["ImageShape.cs"] = "Imaging",
        ["Building"] = "Diffusion",
    };

    [TestCase("Ddpm.Core")]
    [TestCase("Ddpm.Data")]
    [TestCase("Ddpm.Models")]
    public void Folders_OfALibrary_FormNoCycle(string library)
    {
        var graph = FolderGraph.Of(library, Sources(Repository.At(library)), Serves, References(library));
        Assert.That(graph.Cycle(), Is.Null, string.Join("\n", graph.Mutual()));
    }

    [Test]
    public void Cycle_OfThreeFolders_IsNamedWithItsUses()
    {
        var graph = Graph(("A/X.cs", "class X : Y;"), ("B/Deep/Y.cs", "class Y { object z = new Z(); }"), ("C/Z.cs", "class Z; class W : X;"));
        Assert.That(graph.Cycle(), Does.StartWith("A -> B -> C -> A").And.Contains("C -> A: Z.cs names X"));
    }

    [Test]
    public void Cycle_ByAnExtensionMethod_IsFound()
    {
        var graph = Graph(
            ("A/X.cs", "class X { int y = 1.Next(); }"),
            ("B/Y.cs", "static class Y { internal static int Next(this int i) => 0; X x; }"));
        Assert.That(graph.Cycle(), Does.StartWith("A -> B -> A"));
        Assert.That(graph.Mutual(), Has.One.Items.And.One.StartsWith("A <-> B"));
    }

    [TestCase("/// <see cref=\"X\"/>", TestName = "Cycle_ThroughADocumentationComment_IsNone")]
    [TestCase("// X", TestName = "Cycle_ThroughAComment_IsNone")]
    [TestCase("[System.Obsolete(\"X\")]", TestName = "Cycle_ThroughAText_IsNone")]
    public void Cycle_ThroughWords_IsNone(string words) =>
        Assert.That(Graph(("A/X.cs", "class X : Y;"), ("B/Y.cs", $"{words}\nclass Y {{ int X; }}")).Cycle(), Is.Null);

    [Test]
    public void File_BesideTheFolders_IsANodeOfItsOwn()
    {
        (string, string)[] sources =
            [("IX.cs", "interface IX;"), ("IY.cs", "interface IY { Y y { get; } }"), ("A/X.cs", "class X : IX;"), ("B/Y.cs", "class Y : IX;")];
        Assert.That(Graph(sources).Cycle(), Is.Null);
        Assert.That(Graph([.. sources, ("B/Z.cs", "class Z : IY;")]).Cycle(), Does.StartWith("B -> IY.cs -> B"));
        Assert.That(Graph(new() { ["IY.cs"] = "B" }, [.. sources, ("B/Z.cs", "class Z : IY;")]).Cycle(), Is.Null);
    }

    private static FolderGraph Graph(params (string, string)[] sources) => Graph([], sources);

    private static FolderGraph Graph(Dictionary<string, string> serves, params (string, string)[] sources) =>
        FolderGraph.Of("made", sources, serves, [MetadataReference.CreateFromFile(typeof(object).Assembly.Location)]);

    private static IEnumerable<(string Path, string Text)> Sources(string library) =>
        Directory.EnumerateFiles(library, "*.cs", SearchOption.AllDirectories)
            .Select(path => (Path: Path.GetRelativePath(library, path).Replace('\\', '/'), Text: path))
            .Where(source => !source.Path.StartsWith("obj/", StringComparison.Ordinal) && !source.Path.StartsWith("bin/", StringComparison.Ordinal))
            .OrderBy(source => source.Path, StringComparer.Ordinal)
            .Select(source => (source.Path, File.ReadAllText(source.Text)))
            .Append(("Usings.cs", Usings));

    // All that the tests run with, but the library itself.
    private static IEnumerable<MetadataReference> References(string library) =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileNameWithoutExtension(path) != library)
            .Select(path => MetadataReference.CreateFromFile(path));
}
