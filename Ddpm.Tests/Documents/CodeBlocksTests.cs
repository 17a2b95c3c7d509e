using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Ddpm.Tests.Documents;

/// <summary>
/// Every C# block of the documents compiles against the libraries. A block without semicolons is expressions, one a line. What a block takes for
/// granted, its reader does too: <c>diffusion</c>, <c>images</c> and the other names of <see cref="Preamble"/>, which a block may declare itself.
/// </summary>
public partial class CodeBlocksTests
{
    private const string Preamble = """
        using System;
        using System.Collections.Generic;
        using System.IO;
        using System.Linq;
        using System.Threading;
        using System.Threading.Tasks;
        using Ddpm;
        using Ddpm.Denoising;
        using Ddpm.Distributed;
        using Ddpm.Evaluation;
        using Ddpm.Formats;
        using Ddpm.Hosting;
        using Ddpm.Imaging;
        using Ddpm.Networks;
        using Ddpm.Noise;
        using Ddpm.Parameterizations;
        using Ddpm.Samplers;
        using Ddpm.Samples;
        using Ddpm.Schedules;
        using Ddpm.Training;
        using Microsoft.AspNetCore.Builder;
        using Microsoft.AspNetCore.Http;
        using Microsoft.Extensions.AI;
        using Microsoft.Extensions.Configuration;
        using Microsoft.Extensions.DependencyInjection;
        using TorchSharp;
        using static TorchSharp.torch;

        abstract class Reader
        {
            protected static Diffusion diffusion = null!;
            protected static DiffusionBuilder builder = null!;
            protected static Tensor images = null!, known = null!, noise = null!;
            protected static IImageDataset data = null!;
            protected static CancellationToken cancellationToken = default;
            protected static string[] args = [];
        }

        """;

    private static readonly MetadataReference[] References = [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
        .Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path))];

    [TestCaseSource(nameof(Blocks))]
    public void Block_OfADocument_Compiles(string place, string code) => Assert.That(Errors(code), Is.Empty, place);

    [Test]
    public void Block_ThatNamesWhatIsNotThere_DoesNotCompile()
    {
        Assert.That(Errors("diffusion.Simple(16);\n"), Has.Some.Contains("Simple"));
        Assert.That(Errors("diffusion.Sample(16, seed: 0).Nothing\n"), Has.Some.Contains("Nothing"));
    }

    [Test]
    public void Blocks_AreFound() => Assert.That(Blocks().Count(), Is.GreaterThanOrEqualTo(5));

    private static IEnumerable<TestCaseData> Blocks() =>
        Documents.Blocks("csharp").Select(block => new TestCaseData(block.Place, block.Code).SetArgDisplayNames(block.Place));

    private static string[] Errors(string block)
    {
        // A whole program names its namespaces, which the preamble has.
        var code = Directives().Replace(block, "");
        var body = code.Contains(';', StringComparison.Ordinal)
            ? code
            : string.Concat(code.Split('\n').Where(line => line.Trim().Length > 0).Select((line, i) => $"object _{i} = {Uncommented(line)};\n"));
        var tree = CSharpSyntaxTree.ParseText(
            $"{Preamble}sealed class Block : Reader\n{{\n    static async Task Run()\n    {{\n        await Task.Yield();\n{body}\n    }}\n}}\n",
            new CSharpParseOptions(LanguageVersion.Latest));
        var options = new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable,
            specificDiagnosticOptions: [new("MEAI001", ReportDiagnostic.Suppress)]);     // an interface that is experimental, as its page says
        var compilation = CSharpCompilation.Create("block", [tree], References, options);
        return [.. compilation.GetDiagnostics().Where(each => each.Severity == DiagnosticSeverity.Error).Select(each => each.ToString())];
    }

    private static string Uncommented(string line) => line.Split("//", 2)[0].TrimEnd();

    [GeneratedRegex(@"^using (static )?[\w.]+;\n", RegexOptions.Multiline)]
    private static partial Regex Directives();
}
