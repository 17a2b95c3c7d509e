using Ddpm.Onnx;
using Ddpm.Samples;
using Ddpm.Tests.Models.Compiled;
using Microsoft.ML.OnnxRuntime;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models.Onnx;

/// <summary>Networks of all options, exported and run by ONNX Runtime.</summary>
public class OnnxExportTests
{
    [TestCaseSource(typeof(CompiledOptions), nameof(CompiledOptions.Cases))]
    public void EveryOption_ComputesTheSame(UNetOptions options, int images) => Compare(options, images);

    // Of the size that they are trained in, with one image: up to some hundred megabytes each.
    [TestCaseSource(nameof(Presets))]
    [Category("Slow")]
    public void EveryPreset_ComputesTheSame(UNetOptions options) => Compare(options, images: 1);

    // 571 million weights, 2.3 GB: more than a file of protocol buffers holds.
    [Test]
    [Category("Slow")]
    public void ANetworkPastTwoGigabytes_HasItsWeightsBesideTheFile()
    {
        if (GC.GetGCMemoryInfo().TotalAvailableMemoryBytes < 12L << 30)
            Assert.Ignore("This test takes 12 GB of memory.");
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var network = new UNet(UNetOptions.Cifar10 with { Channels = 512 });
        network.get_parameter("conv_out.weight")!.fill_(0.01);       // fresh, it is 0
        network.eval();
        Assert.That(network.parameters().Sum(weight => weight.numel() * sizeof(float)), Is.GreaterThan(int.MaxValue));
        var (x, t) = (randn(1, 3, 8, 8, generator: new Generator(1)), full(1, 300f));
        Expect.RelativelyClose(Exported.Predict(network, x, t, isLarge: true), network.Predict(x, t), Exported.Tolerance);
    }

    [TestCase(Activation.Mish)]
    [TestCase(Activation.Gelu)]
    [TestCase(Activation.Relu)]
    public void EveryActivation_ComputesTheSame(Activation activation) =>
        Compare(UNetOptions.Tiny with { Channels = 16, Activation = activation }, 2);

    [Test]
    public void AnyWidth_ComputesTheSame() => Compare(UNetOptions.Tiny with { Channels = 12, Groups = 3, AttentionResolutions = [] }, 2);

    // One file, other sizes than the network was made for.
    [TestCase(24, 16)]
    [TestCase(8, 32)]
    public void AnySize_ComputesTheSame(int height, int width) => Compare(UNetOptions.Tiny with { Channels = 16 }, 2, (height, width));

    [TestCase(0L)]
    [TestCase(1000L)]
    public void WeightsBesideTheFile_AreTheSame(long mostInside) => Compare(UNetOptions.Tiny with { Channels = 16 }, 1, mostInside: mostInside);

    [Test]
    public void AModel_IsDescribedInItsFile_AndSamplesTheSame([Values("ddim", "dpmsolver++", "euler-ancestral")] string sampler)
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("model.onnx");
        using var network = Shaken.Network(UNetOptions.Tiny with { Channels = 16, Labels = new() { Count = 3 } });
        using var original = new DiffusionBuilder().WithDenoiser(network).WithCosineSchedule(200).WithClassNames(["a", "b", "c"])
            .WithSampler(NamedSamplers.Create(sampler, 20)).Build();
        original.ExportOnnx(file);
        using var options = Exported.Quiet();
        var (builder, exported) = OnnxDenoiser.Load(file, options);
        using (exported)
        {
            using var again = builder.Build();
            Assert.That((again.Image, again.ClassNames, again.Sampler), Is.EqualTo((original.Image, original.ClassNames, original.Sampler)));
            Assert.That(again.Process.Schedule, Is.EqualTo(original.Process.Schedule));
            var sampling = new SamplingOptions { Seed = 4, Labels = [2, 0, 1] };
            using var expected = original.Sample(3, sampling);
            using var images = again.Sample(3, sampling);
            Expect.Close(images, expected, 1e-3);
        }
    }

    [Test]
    public void TheFile_SaysItsShapes()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("model.onnx");
        using var diffusion = new DiffusionBuilder().WithUNet(UNetOptions.Tiny with { OutputChannels = 6 }).WithLearnedVariance().Build();
        diffusion.ExportOnnx(file);
        using var options = Exported.Quiet();
        using var session = new InferenceSession(file, options);
        Assert.That(session.InputMetadata.Keys, Is.EqualTo(new[] { OnnxNames.X, OnnxNames.T }));
        Assert.That(session.InputMetadata[OnnxNames.X].SymbolicDimensions, Is.EqualTo(new[] { "N", "", "H", "W" }));
        Assert.That(session.InputMetadata[OnnxNames.X].Dimensions, Is.EqualTo(new[] { -1, 3, -1, -1 }));
        Assert.That(session.OutputMetadata[OnnxNames.Output].Dimensions, Is.EqualTo(new[] { -1, 6, -1, -1 }));
        Assert.That((session.ModelMetadata.ProducerName, session.ModelMetadata.GraphName), Is.EqualTo(("Ddpm", "UNet")));
        Assert.That(Directory.GetFiles(folder.Path), Has.Length.EqualTo(1));
    }

    [Test]
    public void TheSameModel_IsTheSameBytes()
    {
        using var folder = new TemporaryFolder();
        using var diffusion = new DiffusionBuilder().WithUNet(UNetOptions.Tiny).Build();
        diffusion.ExportOnnx(folder.File("a.onnx"));
        diffusion.ExportOnnx(folder.File("b.onnx"));
        Assert.That(File.ReadAllBytes(folder.File("a.onnx")), Is.EqualTo(File.ReadAllBytes(folder.File("b.onnx"))));
    }

    [Test]
    public void WhatIsNoUNet_IsRefused_AndNothingIsWritten()
    {
        using var folder = new TemporaryFolder();
        using var network = new TinyNetwork();
        using var diffusion = new DiffusionBuilder().WithDenoiser(network, new(3, 8, 8)).Build();
        Assert.That(() => diffusion.ExportOnnx(folder.File("model.onnx")), Throws.InvalidOperationException.With.Message.Contains("UNet"));
        Assert.That(Directory.GetFiles(folder.Path), Is.Empty);
    }

    [Test]
    public void ADescription_ThatIsNone_IsRefused([Values("{", "null", "{}", "[1]")] string text)
    {
        var asked = false;
        Assert.That(() => DiffusionBuilder.FromDescription(text, _ =>
        {
            asked = true;
            throw new InvalidOperationException();
        }), Throws.InstanceOf<DataFormatException>().With.Message.Contains("ddpm.json"));
        Assert.That(asked, Is.False);
    }

    private static void Compare(UNetOptions options, int images, (int Height, int Width)? size = null, long? mostInside = null)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var network = Shaken.Network(options);
        var (x, given) = Shaken.Input(options, images, size);
        var t = tensor([.. Enumerable.Range(0, images).Select(i => 7.25f + 300 * i)]);
        Expect.RelativelyClose(Exported.Predict(network, x, t, given, mostInside), network.Predict(x, t, given), Exported.Tolerance);
    }

    private static IEnumerable<TestCaseData> Presets()
    {
        foreach (var preset in TrainingPresets.All)
            yield return new TestCaseData(preset.Network).SetArgDisplayNames(preset.Name);
        yield return new TestCaseData(UNetOptions.Small).SetArgDisplayNames(nameof(UNetOptions.Small));
        yield return new TestCaseData(UNetOptions.Tiny).SetArgDisplayNames(nameof(UNetOptions.Tiny));
    }
}
