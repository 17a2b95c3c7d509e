using System.Collections.Concurrent;
using System.Globalization;
using Ddpm.Samples;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests;

/// <summary>
/// What is written, drawn and read is the same in every culture: a part of the suite in several of them, in every run. The whole suite runs in one
/// by the environment variable of <see cref="TestCulture"/>.
/// </summary>
[TestFixtureSource(nameof(Names))]
public class CulturesTests(string name)
{
    // U+2212 for minus: invented, sv, fa. Decimal comma: invented, de, sv, tr. Another case of i: tr. Digits and calendars of their own: ar, fa.
    private static readonly string[] Names = [TestCulture.InventedName, "tr-TR", "de-DE", "ar-SA", "sv-SE", "fa-IR"];

    private static readonly UNetOptions Network = UNetOptions.Tiny with { Channels = 8, Groups = 4, Dropout = 0.25, NormEpsilon = 1e-6 };

    // What each test writes in the invariant culture, once for all cultures.
    private static readonly ConcurrentDictionary<string, Dictionary<string, byte[]>> Expected = new();

    private CultureInfo culture = null!;

    [OneTimeSetUp]
    public void FindCulture()
    {
        try
        {
            culture = TestCulture.Find(name);
        }
        catch (CultureNotFoundException)
        {
            Assert.Ignore($"This machine knows no {name}: the runtime is invariant.");
        }
    }

    [Test]
    public void Plots_AreTheSamePicture([Values] bool logarithmic)
    {
        (double, double)[] points = [(1, 1.5), (1e3, -0.000125), (2.5e3, 12_345.678), (1e6, 2e-9), (2e6, double.NaN), (3e6, 1e20)];
        var options = new PlotOptions { Title = "LOSS: -1.5 TIMES I", LogarithmicValues = logarithmic };
        AreTheSame(folder =>
        {
            LossPlot.Draw([new("-1,000.5", points)], options).SavePng(InFolder(folder, "plot.png"));
            LossPlot.Draw([new("small", [(-3, -1e-7), (-1, -0.5e-7)])], options with { LogarithmicValues = false })
                .SavePng(InFolder(folder, "small.png"));
        });
    }

    [Test]
    public void Training_WritesTheSameFiles() => AreTheSame(folder =>
    {
        using var model = new DiffusionBuilder().WithLinearSchedule(20, 1e-3, 0.3).WithUNet(Network).WithDpmSolver(2).Build();
        var data = new ShapesReader(count: 2).Read();
        var recorder = new TrainingRecorder(model, folder) { Pictures = 1, HeldOut = data };
        model.Train(new() { Steps = 2, BatchSize = 1, LearningRate = 1e-4 }, data, observers: [recorder]);
        var last = File.ReadLines(InFolder(folder, "loss.csv")).Last().Split(',');
        Assert.That(last[0], Is.EqualTo("2"));
        Assert.That(double.Parse(last[1], NumberStyles.Float, CultureInfo.InvariantCulture), Is.EqualTo(recorder.Losses[^1].Loss).Within(1e-6));
    });

    [Test]
    public void SavedModels_AreTheSameFilesAndReadBackEqual() => AreTheSame(folder =>
    {
        foreach (var name in (string[])["edm-stochastic", "unipc-3", "dpmpp-2m-polyexponential", "sa-solver"])
        {
            using var model = new DiffusionBuilder()
                .WithSchedule(new ScaledLinearSchedule(50, 0.00085, 0.012))
                .WithUNet(Network with { Channels = 4 })
                .WithSampler(NamedSamplers.Create(name, 6)).WithClipping(1.25).Build();
            model.Save(InFolder(folder, name));
            using var again = Diffusion.FromPretrained(InFolder(folder, name));
            Assert.That(again.Process.Path.Beta(49), Is.EqualTo(model.Process.Path.Beta(49)));
            again.Save(InFolder(folder, name + " again"));
            var (first, second) = (InFolder(folder, name + "/ddpm.json"), InFolder(folder, name + " again/ddpm.json"));
            Assert.That(File.ReadAllText(second), Is.EqualTo(File.ReadAllText(first)));
        }
        using var pipeline = new DiffusionBuilder().WithLinearSchedule(100, 0.00085, 0.012).WithUNet(Network).WithDdim(5, eta: 0.25).Build();
        pipeline.SavePretrained(InFolder(folder, "pipeline"));
        using var read = Diffusion.FromPretrained(InFolder(folder, "pipeline"), new() { Steps = 5, Eta = 0.25 });
        Assert.That(((UNet)read.Denoiser).Options.Dropout, Is.EqualTo(0.25));
        Assert.That(read.Process.Path.Beta(99), Is.EqualTo(0.012));
    });

    [Test]
    public void Names_AreFoundWhateverTheirCase() => TestCulture.Use(culture, () =>
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        Assert.That(TimestepSpacing.Respaced("ddim10").Select(new DiffusionPath(new LinearSchedule(30))), Has.Count.EqualTo(10));
        new Picture(new(3, 2, 2), new byte[12]).SavePng(folder.File("image.png"));
        string[] others = ["1.PNG", "2.GIF", "3.Gif"];
        foreach (var other in others)
            File.Copy(folder.File("image.png"), folder.File(other));
        var inEnglish = 0;
        TestCulture.Use(CultureInfo.InvariantCulture, () => inEnglish = Read());
        Assert.That(Read(), Is.EqualTo(inEnglish).And.GreaterThan(1));

        int Read() => new ImageFolderReader(folder.Path, new(3, 2, 2)).Read().Count;
    });

    [Test]
    public void Numbers_OfFiles_AreReadAsTheyAre() => TestCulture.Use(culture, () =>
    {
        foreach (var file in (string[])["files/tensors.pth", "files/tensors-legacy.pth", "files/all-types.safetensors", "files/checkpoint.pth"])
            if (Recordings.Has(file))
                Hostile(file);
        if (Recordings.Has("files/v5.mat"))
            Assert.That(MatFile.Read(Recordings.At("files/v5.mat")), Is.Not.Empty);

        static void Hostile(string file) => Data.Hostile.ReadAll(Recordings.At(file));
    });

    [Test]
    public void PicturesInTheTerminal_AreTheSameText() => AreTheSame(folder =>
    {
        var picture = Picture.Of(new ShapesReader(count: 1).Read(), 0);
        File.WriteAllText(InFolder(folder, "blocks"), HalfBlocks.Encode(picture, isTrueColor: true) + HalfBlocks.Encode(picture, isTrueColor: false));
        File.WriteAllText(InFolder(folder, "sixel"), Sixel.Encode(picture));
    });

    private static string InFolder(string folder, string file) => Path.Combine(folder, file);

    // Everything in the folder, byte for byte as in the invariant culture.
    private void AreTheSame(Action<string> write)
    {
        var expected = Expected.GetOrAdd(TestContext.CurrentContext.Test.Name, _ => Written(CultureInfo.InvariantCulture));
        var actual = Written(culture);
        Assert.That(expected, Is.Not.Empty);
        Assert.That(actual.Keys, Is.EquivalentTo(expected.Keys));
        foreach (var (file, bytes) in expected)
            Assert.That(actual[file].AsSpan().SequenceEqual(bytes), Is.True, file);

        Dictionary<string, byte[]> Written(CultureInfo inCulture)
        {
            using var folder = new TemporaryFolder();
            TestCulture.Use(inCulture, () => write(folder.Path));
            return Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories)
                .ToDictionary(file => Path.GetRelativePath(folder.Path, file), File.ReadAllBytes);
        }
    }
}
