using Ddpm.Tests.Core.Samplers;
using Ddpm.Tests.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Devices;

/// <summary>
/// The main paths on an NVIDIA card, each against the CPU. Without a card they are skipped; docs/gpu.md says how to run them on one.
/// </summary>
[Category("Cuda")]
public class CudaTests
{
    private static readonly UNetOptions Small = UNetOptions.Tiny with { Channels = 16, Dropout = 0.2 };
    private static readonly IImageDataset Data = new ShapesReader(count: 32).Read();

    private static readonly (string Name, UNetOptions Options)[] Presets =
        [("cifar10", UNetOptions.Cifar10), ("reference", UNetOptions.ReferencePrograms), ("small", UNetOptions.Small), ("tiny", UNetOptions.Tiny)];

    private bool convolutionsInTf32, productsInTf32;

    private static IEnumerable<string> PresetNames => Presets.Select(preset => preset.Name);

    private static IEnumerable<string> SamplerNames => EverySampler.Names;

    // TF32 keeps ten bits of a factor: 1e-3 of difference a convolution, which a chain adds up. Without it both sides compute in float32.
    [OneTimeSetUp]
    public void FindCard()
    {
        if (!cuda.is_available())
            Assert.Ignore("There is no CUDA device, or libtorch is the CPU's: see docs/gpu.md.");
        (convolutionsInTf32, productsInTf32) = (backends.cudnn.allow_tf32, backends.cuda.matmul.allow_tf32);
        (backends.cudnn.allow_tf32, backends.cuda.matmul.allow_tf32) = (false, false);
    }

    [OneTimeTearDown]
    public void PutBack()
    {
        if (cuda.is_available())
            (backends.cudnn.allow_tf32, backends.cuda.matmul.allow_tf32) = (convolutionsInTf32, productsInTf32);
    }

    private static Diffusion Model(Device device, UNetOptions? options = null, ISampler? sampler = null) => new DiffusionBuilder()
        .WithLinearSchedule(50, 0.002, 0.3).WithUNet(options ?? Small).WithSampler(sampler ?? new AncestralSampler())
        .WithDevice(device).WithSeed(3).Build();

    // Fresh networks predict zero; these do not.
    private static Diffusion Randomised(Device device, ISampler? sampler = null)
    {
        var network = UNetTests.Randomised(Small);
        network.eval();
        return new DiffusionBuilder().WithLinearSchedule(50, 0.002, 0.3).WithDenoiser(network.to(device), Small.Image)
            .WithSampler(sampler ?? new AncestralSampler()).Build();
    }

    private static void IsTheSame(Func<Diffusion, Tensor> work, ISampler? sampler = null)
    {
        using var scope = NewDisposeScope();
        using Diffusion here = Randomised(CPU, sampler), there = Randomised(CUDA, sampler);
        var found = work(there);
        Assert.That(found.device_type, Is.EqualTo(DeviceType.CUDA));
        Expect.RelativelyClose(found, work(here), 1e-3);
    }

    [TestCaseSource(nameof(PresetNames))]
    public void EachPreset_ComputesWhatTheCpuDoes(string name)
    {
        using var scope = NewDisposeScope();
        var options = Presets.Single(preset => preset.Name == name).Options;
        using var network = UNetTests.Randomised(options);
        network.eval();
        using var noGrad = no_grad();
        var (x, t) = (CosineNoise.Draw(0, options.Image.Batch(2)), tensor(new[] { 3f, 999 }));
        var here = network.Predict(x, t);
        network.to(CUDA);
        foreach (var channelsLast in new[] { false, true })
        {
            network.ChannelsLastOnGpu = channelsLast;
            Expect.RelativelyClose(network.Predict(x.cuda(), t.cuda()), here, 1e-4);
        }
    }

    [TestCaseSource(nameof(PresetNames))]
    public void EachPreset_TrainsAStepAndSamples(string name)
    {
        using var scope = NewDisposeScope();
        var options = Presets.Single(preset => preset.Name == name).Options;
        var data = new ShapesReader(count: 4, size: options.Image.Height).Read();
        double Loss(Device device)
        {
            using var model = Model(device, options, new DdimSampler(3));
            var losses = new List<double>();
            model.Train(new() { Steps = 2, BatchSize = 2, WarmupSteps = 0 }, data, new Direct<TrainingProgress>(step => losses.Add(step.Loss)));
            using var images = model.Sample(2, seed: 0);
            Assert.That((images.device_type, images.isfinite().all().item<bool>()), Is.EqualTo((device.type, true)));
            return losses[^1];
        }
        Assert.That(Loss(CUDA), Is.EqualTo(Loss(CPU)).Within(1e-3));         // the same images, t, noise and dropout
    }

    [TestCaseSource(nameof(SamplerNames))]
    public void EachSampler_DrawsTheCpusImages(string name) => IsTheSame(model => model.Sample(2, seed: 0), EverySampler.Make(name, 8));

    [Test]
    public void Sample_WithTheSameSeed_GivesTheSameBits()
    {
        using var scope = NewDisposeScope();
        using var model = Randomised(CUDA);
        Expect.Same(model.Sample(3, seed: 0), model.Sample(3, seed: 0));
    }

    [Test]
    public void Train_WithTheSameSeed_GivesTheSameBits()
    {
        using var scope = NewDisposeScope();
        Tensor Weights()
        {
            using var model = Model(CUDA, Small with { Labels = new() { Count = 12, NullClass = true } });
            model.Train(new() { Steps = 5, BatchSize = 8, WarmupSteps = 0, LabelDropout = 0.2 }, Data);
            return cat([.. ((nn.Module)model.Denoiser).parameters().Select(weight => weight.detach().flatten())]);
        }
        Expect.Same(Weights(), Weights());
    }

    [Test]
    public void Tasks_GiveTheCpusImages()
    {
        using var scope = NewDisposeScope();
        var (images, known) = (CosineNoise.Draw(0, 2, 3, 16, 16) * 0.3, CosineNoise.Draw(1, 2, 1, 16, 16) > 0);
        IsTheSame(model => model.ImageToImage(images, 0.5));
        IsTheSame(model => model.Inpaint(images, known, new() { JumpLength = 5, Resamplings = 2 }));
        IsTheSame(model => model.Interpolate(images[..1], images[1..], 20, count: 3));
        IsTheSame(model => model.Decode(model.Encode(images, 10), 10));
        IsTheSame(model => model.Denoise(images, 20).Last().X);
    }

    [Test]
    public void GuidedSelfConditionedLearnedVariance_DrawsTheCpusImages()
    {
        var options = Small with { Labels = new() { Count = 4, NullClass = true }, SelfConditioning = true, OutputChannels = 6 };
        using var scope = NewDisposeScope();
        Tensor Draw(Device device)
        {
            using var network = UNetTests.Randomised(options);
            network.eval();
            using var model = new DiffusionBuilder().WithLinearSchedule(50, 0.002, 0.3).WithDenoiser(network.to(device), options.Image)
                .WithLearnedVariance().WithDynamicThresholding(0.9, 2).Build();
            return model.Sample(2, new() { Seed = 0, Labels = [1, 3], Guidance = new(2) }).cpu();
        }
        Expect.RelativelyClose(Draw(CUDA), Draw(CPU), 1e-3);
    }

    [Test]
    public void BitsPerDimension_AreTheCpus()
    {
        using var scope = NewDisposeScope();
        var images = Pixels.Batch(Data, [0, 1]);
        using Diffusion here = Randomised(CPU), there = Randomised(CUDA);
        Assert.That(there.BitsPerDimension(images).Mean, Is.EqualTo(here.BitsPerDimension(images).Mean).Within(0.1).Percent);
    }

    [Test]
    public void Recorder_WritesEverything_AndTheModelIsReadOnTheCpu()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var model = Model(CUDA, Small with { Dropout = 0 });
        model.Train(
            new() { Steps = 3, BatchSize = 8, WarmupSteps = 0 }, Data,
            observers: [new TrainingRecorder(model, folder.Path) { Pictures = 2, HeldOut = Data }]);
        Assert.That((string[])["samples.png", "loss.png", "loss.csv", "model/ddpm.json"],
            Is.All.Matches<string>(name => File.Exists(folder.File(name))));
        using var read = Diffusion.FromPretrained(folder.File("model"));
        Expect.RelativelyClose(model.Sample(2, seed: 0), read.Sample(2, seed: 0), 1e-3);
    }

    [Test]
    public void Dropout_DropsTheSameValues()
    {
        using var scope = NewDisposeScope();
        Expect.Same(
            BernoulliMask.Draw(7, [3, 5, 8, 8], 0.9, ScalarType.Float32, CUDA), BernoulliMask.Draw(7, [3, 5, 8, 8], 0.9, ScalarType.Float32, CPU));
    }

    // The words are equal; the logarithm, the sine and the cosine differ in their last bits.
    [Test]
    public void SeededNoise_IsTheCpus()
    {
        using var scope = NewDisposeScope();
        const uint first = 0x7FFFFFFE, draw = 0xFFFFFFFF;
        var noise = new SeededNoise(0xFEDCBA9876543210);
        Expect.Close(new NoiseStream(noise, first, draw).Draw([4, 3, 33, 33], CUDA), noise.Draw([4, 3, 33, 33], first, draw), 1.5e-6);
    }

    [Test]
    public void TrainThenSample_LeavesNothingAlive()
    {
        using var model = Model(CUDA);
        Expect.NoLeak(() =>
        {
            model.Train(new() { Steps = 3, BatchSize = 8, WarmupSteps = 0 }, Data);
            model.Sample(2, seed: 0).Dispose();
        });
    }
}
