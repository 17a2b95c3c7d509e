using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models.AotInductor;

/// <summary>Packages of compiled networks: those made by hand are loaded and run by libtorch's own loader; PyTorch has made none of them.</summary>
public class AotInductorDenoiserTests
{
    private static readonly NetworkTraits Traits = new() { Image = new(3, 4, 5), Classes = 0 };
    private static readonly byte[] OfCpu = "{\"AOTI_DEVICE_KEY\": \"cpu\"}"u8.ToArray();

    private TemporaryFolder folder = null!;

    [SetUp]
    public void MakeFolder()
    {
        folder = new();
        using var loaded = zeros(1);       // libtorch, which the package is linked with
    }

    [TearDown]
    public void DropFolder() => folder.Dispose();

    private static Tensor Images(int n) => CosineNoise.Draw(1, n, 3, 4, 5);

    [Test]
    public void Predict_RunsTheCompiledFunction_AndLeavesNothing()
    {
        using var network = AotInductorDenoiser.Load(HandMadePackage.Write(folder), Traits);
        using var scope = NewDisposeScope();
        var (x, t) = (Images(2), zeros(2));
        Expect.Same(network.Predict(x, t), x * x);
        // Images with channels last too: compiled code takes the plain order for granted.
        Expect.Same(network.Predict(ChannelsLast.Of(x), t), x * x);
        var before = Expect.LiveTensors();
        for (var i = 0; i < 50; i++)
            network.Predict(x, t).Dispose();
        Assert.That(Tensor.TotalCount, Is.EqualTo(before));
        Assert.That((network as IDenoiser).Network, Is.Null);
    }

    [Test]
    public void Predict_OfFewerImages_FillsThemUp_AndCutsThemOff()
    {
        using var network = AotInductorDenoiser.Load(HandMadePackage.Write(folder), Traits, batchSize: 4);
        using var scope = NewDisposeScope();
        var x = Images(5);
        Expect.Same(network.Predict(x[..3], zeros(3)), (x * x)[..3]);
        Expect.Same(network.Predict(x[..4], zeros(4)), (x * x)[..4]);
        var fault = Assert.Throws<ArgumentException>(() => network.Predict(x, zeros(5)));
        Assert.That(fault.Message, Does.StartWith("x must be 1 to 4 images, for which the package was compiled, but is 5."));
    }

    [Test]
    public void Predict_WithClasses_GivesTheLabels()
    {
        using var network = AotInductorDenoiser.Load(HandMadePackage.Write(folder, inputs: 3), Traits with { Classes = 10 });
        using var scope = NewDisposeScope();
        Expect.Same(network.Predict(Images(2), zeros(2), tensor(new long[] { 1, 2 })), Images(2).square());
        Assert.That(() => network.Predict(Images(2), zeros(2)), Throws.ArgumentException.With.Message.Contains("no labels were given"));
    }

    [Test]
    public void ADiffusion_DrawsWithIt()
    {
        using var network = AotInductorDenoiser.Load(HandMadePackage.Write(folder), Traits, batchSize: 2);
        using var scope = NewDisposeScope();
        Tensor Draw(IDenoiser denoiser)
        {
            using var diffusion = new DiffusionBuilder().WithLinearSchedule(20, 0.01, 0.3).WithDenoiser(denoiser, Traits.Image).WithDdim(5).Build();
            return diffusion.Sample(3, new() { Seed = 4, BatchSize = 2 });
        }
        Expect.Same(Draw(network), Draw(new FormulaDenoiser((x, _) => x * x)));
    }

    [Test]
    public void Predict_OfSeveralOutputs_IsRefused()
    {
        var path = HandMadePackage.Write(folder, outputs: 2);
        using var network = AotInductorDenoiser.Load(path, Traits);
        var before = Expect.LiveTensors();
        using (var scope = NewDisposeScope())
            Assert.That(() => network.Predict(Images(1), zeros(1)),
                Throws.InvalidOperationException.With.Message.EqualTo($"{path} must return one tensor, but returns 2."));
        Assert.That(Tensor.TotalCount, Is.EqualTo(before));
    }

    [Test]
    public void Predict_OfAnotherOutput_IsRefused()
    {
        using var network = AotInductorDenoiser.Load(HandMadePackage.Write(folder), Traits with { OutputChannels = 6 });
        using var scope = NewDisposeScope();
        Assert.That(() => network.Predict(Images(1), zeros(1)),
            Throws.InvalidOperationException.With.Message.EndsWith("must return [1, 6, 4, 5], but returns [1, 3, 4, 5]."));
    }

    [Test]
    public void Predict_ThatFails_SaysSo()
    {
        using var network = AotInductorDenoiser.Load(HandMadePackage.Write(folder, inputs: 7), Traits);
        using var scope = NewDisposeScope();
        Assert.That(() => network.Predict(Images(1), zeros(1)), Throws.InvalidOperationException.With.Message.Contains(".pt2 failed: "));
    }

    [Test]
    public void Predict_OfOtherShapesOrDevices_IsRefused()
    {
        using var network = AotInductorDenoiser.Load(HandMadePackage.Write(folder), Traits);
        using var scope = NewDisposeScope();
        Assert.That(() => network.Predict(zeros(1, 3, 5, 4), zeros(1)), Throws.ArgumentException.With.Message.StartsWith("x must be [N, 3, 4, 5]"));
        Assert.That(() => network.Predict(Images(2), zeros(1)), Throws.ArgumentException.With.Message.StartsWith("t must be [N] = [2]"));
        Assert.That(() => network.Predict(Images(1), zeros(1, device: META)),
            Throws.ArgumentException.With.Message.Contains("was compiled for CPU, but t is on META"));
        Assert.That(() => network.Predict(Images(1), zeros(1), zeros(1)), Throws.ArgumentException.With.Message.StartsWith("Labels were given"));
        Assert.That(() => network.Predict(Images(1), zeros(1), null, Images(1)), Throws.ArgumentException.With.Message.Contains("more was given"));
    }

    [Test]
    public void Dispose_UnloadsIt_OnceAndForAll()
    {
        var network = AotInductorDenoiser.Load(HandMadePackage.Write(folder), Traits);
        network.Dispose();
        network.Dispose();
        using var scope = NewDisposeScope();
        Assert.That(() => network.Predict(Images(1), zeros(1)), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void Load_ForADeviceThatIsNotHere_SaysWhich([Values("cuda", "xpu")] string device)
    {
        if (device == "cuda" && cuda.is_available())
            Assert.Ignore("There is a CUDA device.");
        Assert.That(() => AotInductorDenoiser.Load(HandMadePackage.Write(folder, device: device), Traits),
            Throws.TypeOf<PlatformNotSupportedException>()
                .With.Message.EndsWith($"was compiled for \"{device}\", but no such device is available here."));
    }

    [Test]
    public void Load_OfWhatIsNoPackage_NamesTheRule()
    {
        const string Model = "p/data/aotinductor/model/m.wrapper";
        Assert.That(() => AotInductorDenoiser.Load(folder.File("none.pt2"), Traits), Throws.TypeOf<FileNotFoundException>());
        Refused(folder.File("junk.pt2", "no zip file"u8), "zip");
        Refused(Pack(), "1 to");
        Refused(Pack("p/x"), "must hold data/aotinductor/model/");                             // libtorch's loader reads beyond its list
        Refused(Pack("p/x", "p/models/model.json"), "not by torch.export.save");
        Refused(Pack("p/x", $"{Model}.cpp"), "must hold a compiled library");               // libtorch's loader would start a compiler
        Refused(Pack("p/x", $"{Model}.so"), "must hold a description");
        Refused(Pack("p/x", $"{Model}.so", $"{Model}_metadata.json"), "must say AOTI_DEVICE_KEY");
        Refused(Pack("p/x", $"{Model}.so", "p/data/aotinductor/model/../../../../e.so"), "may not be the name of a record");
        Refused(HandMadePackage.Pack(folder, [("p/x", []), ($"{Model}.cpp", []), ($"{Model}.so", [1, 2, 3]), ($"{Model}_metadata.json", OfCpu)]),
            "libtorch cannot load this package");

        string Pack(params string[] names) => HandMadePackage.Pack(folder, [.. names.Select(name => (name, Encoding.UTF8.GetBytes("{}")))]);

        static void Refused(string path, string rule) => Assert.That(() => AotInductorDenoiser.Load(path, Traits).Dispose(),
            Throws.TypeOf<DataFormatException>().With.Message.StartsWith(path).And.Message.Contains(rule));
    }

    [Test]
    public void Load_OfACutOrDamagedPackage_IsRefused()
    {
        var whole = File.ReadAllBytes(HandMadePackage.Write(folder));
        for (var part = 1; part < 8; part++)
        {
            var cut = folder.File($"cut{part}.pt2", whole.AsSpan(0, whole.Length * part / 8));
            Assert.That(() => AotInductorDenoiser.Load(cut, Traits), Throws.TypeOf<DataFormatException>());
        }
        // A bit of the library's own bytes: its checksum tells, and the code is never run.
        var library = whole.AsSpan().IndexOf("\u007FELF"u8);
        whole[library + 5000] ^= 1;
        var damaged = folder.File("damaged.pt2", whole);
        Assert.That(() => AotInductorDenoiser.Load(damaged, Traits), Throws.TypeOf<DataFormatException>().With.Message.Contains("checksum"));
    }

    [Test]
    public void Load_WithTraitsThatDoNotFit_IsRefused()
    {
        foreach (var traits in new[] { Traits with { Image = null }, Traits with { TakesEstimate = true }, Traits with { EmbeddingWidth = 8 } })
            Assert.That(() => AotInductorDenoiser.Load("x.pt2", traits), Throws.ArgumentException);
        Assert.That(() => AotInductorDenoiser.Load("x.pt2", Traits, batchSize: 0), Throws.TypeOf<ArgumentOutOfRangeException>());
    }
}
