using Ddpm.Kernels;
using Ddpm.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models.Compiled;

/// <summary>The library's backends: which networks they know, and what sampling gives with them.</summary>
[NonParallelizable]
public class InferenceBackendTests
{
    private static readonly UNetOptions Options = UNetOptions.Tiny with { Channels = 16 };

    [SetUp]
    public void NeedsKernels() => Core.Kernels.Kernel.Needed();

    [Test]
    public void Auto_OfANetworkThatItDoesNotKnow_IsTheNetwork()
    {
        using var known = new UNet(Options);
        Assert.That(FallsBack(known), Is.False);
        using UNet mish = new(Options with { Activation = Activation.Mish }), narrow = new(Options with { Channels = 12, Groups = 4 });
        using UNet half = new(Options), exact = new(Options), meta = new(Options, META);
        half.to(ScalarType.BFloat16);
        exact.to(ScalarType.Float64);
        using var other = new TinyNetwork();
        foreach (var network in (IDenoiser[])[mish, narrow, half, exact, meta, other, new LoggingDenoiser(known)])
            Assert.That(FallsBack(network), $"{network}");
        Assert.That(InferenceBackend.Plain.Compile(known, Options.Image, 1), Is.SameAs(known));
    }

    [Test]
    public void Auto_WithoutKernels_IsTheNetwork()
    {
        using var network = new UNet(Options);
        FastKernels.AreOn = false;
        try
        {
            Assert.That(FallsBack(network));
        }
        finally
        {
            FastKernels.AreOn = true;
        }
        Assert.That(FallsBack(network), Is.False);
    }

    [Test]
    public void Compile_OfNothing_SaysSo()
    {
        foreach (var backend in (IInferenceBackend[])[InferenceBackend.Auto, InferenceBackend.BFloat16])
            Assert.That(() => backend.Compile(null!, Options.Image, 1), Throws.ArgumentNullException);
        Assert.That(() => new SamplingOptions { Backend = null! }, Throws.ArgumentNullException);
        Assert.That(new SamplingOptions().Backend, Is.SameAs(InferenceBackend.Auto));
    }

    [Test]
    public void BFloat16_WithoutInstructionsForIt_IsWarnedOfOnce()
    {
        var served = InferenceBackend.FixedBatch(2, InferenceBackend.BFloat16);
        foreach (var backend in (IInferenceBackend[])[InferenceBackend.BFloat16, served])
            Assert.That(BFloat16Backend.Warning(backend, CPU, hasNoInstructions: true), Does.Contain("no instructions for bfloat16"));
        foreach (var backend in (IInferenceBackend[])[InferenceBackend.Auto, InferenceBackend.FixedBatch(2)])
            Assert.That(BFloat16Backend.Warning(backend, CPU, hasNoInstructions: true), Is.Null);
        Assert.That(BFloat16Backend.Warning(served, CPU, hasNoInstructions: false), Is.Null);
        Assert.That(BFloat16Backend.Warning(served, META, hasNoInstructions: true), Is.Null);

        using var model = new DiffusionBuilder().WithLinearSchedule(10, 0.01, 0.4).WithDdim(1).WithUNet(Options).Build();
        var told = new List<string>();
        model.Warned += (_, warned) => told.Add(warned.Message);
        for (var i = 0; i < 2; i++)
            model.Sample(1, new SamplingOptions { Backend = served }).Dispose();
        Assert.That(told.Count(message => message.Contains("bfloat16")), Is.EqualTo(ProcessorBFloat16.IsMissing ? 1 : 0));
    }

    // Differences of float32 grow along a chain.
    [Test]
    public void Sample_OfFiftySteps_IsThatOfTheNetwork([Values] bool hasClasses)
    {
        using var scope = NewDisposeScope();
        using var network = Shaken.Network(Options with { Labels = hasClasses ? new() { Count = 4, NullClass = true } : null });
        using var model = new DiffusionBuilder().WithDenoiser(network, Options.Image).WithDdim(50).Build();
        var options = new SamplingOptions { Seed = 3, Labels = hasClasses ? [1, 3] : null, Guidance = hasClasses ? new(1.5) : null };
        var plain = model.Sample(2, options with { Backend = InferenceBackend.Plain });
        Assert.That(plain.std().item<float>(), Is.GreaterThan(0.1));
        Expect.Close(model.Sample(2, options), plain, 1e-3);
        Expect.Same(model.Sample(2, options), model.Sample(2, options));
    }

    [Test]
    public void Sample_AfterTrainingOrChangesInPlace_IsThatOfTheWeightsAsTheyAre()
    {
        using var scope = NewDisposeScope();
        using var network = Shaken.Network(Options);
        using var model = new DiffusionBuilder().WithDenoiser(network, Options.Image).WithDdim(3).Build();
        void IsTheNetworks()
        {
            var plain = model.Sample(1, new() { Seed = 1, Backend = InferenceBackend.Plain });
            Expect.Close(model.Sample(1, seed: 1), plain, 1e-4);
        }

        IsTheNetworks();
        var before = model.Sample(1, seed: 1);
        using (no_grad())
            network.get_parameter("conv_in.bias")!.add_(1);
        IsTheNetworks();
        var changed = model.Sample(1, seed: 1);
        Assert.That(Expect.Difference(changed, before), Is.GreaterThan(1e-3));
        model.Train(
            new() { Steps = 2, BatchSize = 4, LearningRate = 1e-2, WarmupSteps = 0, Seed = 1, IfTrained = WhenTrained.GoOn },
            new ShapesReader(8, 16).Read());
        IsTheNetworks();
        Assert.That(Expect.Difference(model.Sample(1, seed: 1), changed), Is.GreaterThan(1e-3));
    }

    // Eight bits of digits, about 1 % at the end of a network.
    [Test]
    public void BFloat16_PredictsNearlyTheSame_AndFreesItsCopy()
    {
        using var scope = NewDisposeScope();
        using var network = Shaken.Network(UNetOptions.Tiny with { Labels = new() });
        var (x, given) = Shaken.Input(network.Options, 2);
        var t = tensor(new[] { 3f, 700 });
        var twin = InferenceBackend.BFloat16.Compile(network, network.Options.Image, 2);
        var made = twin.Predict(x, t, given);
        Assert.That(made.dtype, Is.EqualTo(ScalarType.Float32));
        var difference = Expect.RelativelyClose(made, network.Predict(x, t, given), 3e-2);
        Assert.That(difference, Is.GreaterThan(1e-4), "it is another type");
        Assert.That(network.parameters().All(weight => weight.dtype == ScalarType.Float32));
        Assert.That(twin.Traits, Is.EqualTo(network.Traits));
        var copy = twin.Network!;
        Assert.That(copy, Is.Not.SameAs(network));
        ((IDisposable)twin).Dispose();
        Assert.That(copy.parameters().All(weight => weight.IsInvalid));
        Assert.That(network.parameters().All(weight => !weight.IsInvalid));
    }

    [Test]
    public void BFloat16_Sampled_FreesTheCopiesOfAllBatches()
    {
        using var scope = NewDisposeScope();
        using var network = Shaken.Network(Options);
        using var model = new DiffusionBuilder().WithDenoiser(network, Options.Image).WithDdim(2).Build();
        var backend = new RememberingBackend(InferenceBackend.BFloat16);
        Assert.That(model.Sample(3, new() { Seed = 1, BatchSize = 2, Backend = backend }).isfinite().all().item<bool>());
        Assert.That(backend.Weights, Has.Count.EqualTo(2 * network.parameters().Count()));
        Assert.That(backend.Weights.All(weight => weight.IsInvalid));
        Assert.That(network.parameters().All(weight => !weight.IsInvalid));
    }

    [Test]
    public void BFloat16_OfANetworkThatDoesNotDescribeItself_SaysSo()
    {
        using var network = new TinyNetwork();
        Assert.That(() => InferenceBackend.BFloat16.Compile(network, Options.Image, 1), Throws.InvalidOperationException);
    }

    private static bool FallsBack(IDenoiser network)
    {
        var twin = InferenceBackend.Auto.Compile(network, Options.Image, 1);
        if (ReferenceEquals(twin, network))
            return true;
        ((IDisposable)twin).Dispose();
        return false;
    }

    private sealed class RememberingBackend(IInferenceBackend inner) : IInferenceBackend
    {
        internal List<Tensor> Weights { get; } = [];

        public IDenoiser Compile(IDenoiser network, ImageShape image, int batch)
        {
            var twin = inner.Compile(network, image, batch);
            Weights.AddRange(twin.Network!.parameters());
            return twin;
        }
    }
}
