using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Ddpm.Tests.Architecture;

/// <summary>
/// Which folder of a library uses which: one uses another where its code names a type of the other or calls one of its extension methods; comments
/// do not count. A folder is one with those inside it. A file beside the folders is a node of its own, or belongs to the folder that it serves.
/// </summary>
internal sealed class FolderGraph
{
    // By the using folder, then by the used one: the uses, as "File.cs names Type".
    private readonly SortedDictionary<string, SortedDictionary<string, SortedSet<string>>> edges = new(StringComparer.Ordinal);

    private FolderGraph()
    {
    }

    /// <summary>The graph of one library's sources.</summary>
    /// <param name="assembly">The library's name: its friends' internals count too.</param>
    /// <param name="sources">Paths from the library's folder, with '/', and texts.</param>
    /// <param name="serves">The folder that a file beside the folders, or a whole folder, belongs to, by its name.</param>
    /// <param name="references">What the sources compile against; what is missing is not seen.</param>
    internal static FolderGraph Of(
        string assembly, IEnumerable<(string Path, string Text)> sources, IReadOnlyDictionary<string, string> serves,
        IEnumerable<MetadataReference> references)
    {
        var parse = new CSharpParseOptions(LanguageVersion.Latest);
        var trees = sources.Select(source => CSharpSyntaxTree.ParseText(source.Text, parse, source.Path)).ToArray();
        var compilation = CSharpCompilation.Create(assembly, trees, references, new(OutputKind.DynamicallyLinkedLibrary));
        var graph = new FolderGraph();
        // Each file on whatever core: binding the names is nearly all of the work.
        var names = trees.AsParallel().SelectMany(tree => Names(compilation.GetSemanticModel(tree)));
        foreach (var (file, home, type) in names)
            graph.Add(file, Node(file), Node(home), type);
        return graph;

        string Node(string path)
        {
            var first = path.Split('/', 2)[0];
            return serves.GetValueOrDefault(first, first);
        }
    }

    /// <summary>A shortest cycle as "A -> B -> A", with the uses that make it, or null.</summary>
    internal string? Cycle() => edges.Keys.Select(Around).OfType<string[]>().MinBy(cycle => cycle.Length) is { } shortest
        ? string.Join(" -> ", shortest) + string.Concat(shortest.Zip(shortest.Skip(1), Uses))
        : null;

    /// <summary>Every two folders that use each other, as "A &lt;-> B", with the uses of the one that uses less.</summary>
    internal IEnumerable<string> Mutual() =>
        from use in edges
        from used in use.Value
        where string.CompareOrdinal(use.Key, used.Key) < 0 && edges.TryGetValue(used.Key, out var back) && back.ContainsKey(use.Key)
        let less = used.Value.Count <= edges[used.Key][use.Key].Count ? (use.Key, used.Key) : (used.Key, use.Key)
        select $"{use.Key} <-> {used.Key}{Uses(less.Item1, less.Item2)}";

    // A shortest way from a folder back to itself.
    private string[]? Around(string start)
    {
        var from = new Dictionary<string, string>(StringComparer.Ordinal);
        var next = new Queue<string>([start]);
        while (next.TryDequeue(out var here))
            foreach (var to in edges.GetValueOrDefault(here)?.Keys ?? Enumerable.Empty<string>())
                if (to == start)
                    return [.. Way(here).Reverse(), start];
                else if (from.TryAdd(to, here))
                    next.Enqueue(to);
        return null;

        IEnumerable<string> Way(string end)
        {
            for (var at = end; ; at = from[at])
            {
                yield return at;
                if (at == start)
                    yield break;
            }
        }
    }

    private string Uses(string use, string used) => $"\n  {use} -> {used}: {string.Join(", ", edges[use][used])}";

    private void Add(string file, string use, string used, string type)
    {
        if (use == used)
            return;
        if (!edges.TryGetValue(use, out var all))
            edges.Add(use, all = new(StringComparer.Ordinal));
        if (!all.TryGetValue(used, out var uses))
            all.Add(used, uses = new(StringComparer.Ordinal));
        uses.Add($"{Path.GetFileName(file)} names {type}");
    }

    // What the code of a file names, each with the file that declares it.
    private static (string File, string Home, string Type)[] Names(SemanticModel model) =>
    [
        .. from name in model.SyntaxTree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>()
           let type = Named(model.GetSymbolInfo(name).Symbol)
           where type is not null
           from home in type.DeclaringSyntaxReferences
           select (model.SyntaxTree.FilePath, home.SyntaxTree.FilePath, type.Name),
    ];

    private static INamedTypeSymbol? Named(ISymbol? symbol) => symbol switch
    {
        INamedTypeSymbol { IsTupleType: false } type => type,
        IMethodSymbol { MethodKind: MethodKind.Constructor or MethodKind.ReducedExtension } method => method.ContainingType,
        _ => null,
    };
}
