using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models.Compiled;

/// <summary>The compiled twin predicts what the network does: the same numbers to 1e-5 of the largest.</summary>
public class CompiledUNetTests
{
    private static readonly (string Name, UNetOptions Options, int Images)[] Presets =
    [
        ("small", UNetOptions.Small, 2), ("paper", UNetOptions.Cifar10, 1),
    ];

    private static readonly (string Name, UNetOptions Options, int Images)[] LargePresets =
    [
        ("paper", UNetOptions.Cifar10, 4), ("reference programs", UNetOptions.ReferencePrograms, 1),
        ("improved DDPM", TrainingPresets.ImprovedDdpm.Network, 2), ("EDM", TrainingPresets.Edm.Network, 2),
    ];

    private static IEnumerable<TestCaseData> Usual => Presets.Select(Case);

    private static IEnumerable<TestCaseData> Large => LargePresets.Select(Case);

    [SetUp]
    public void NeedsKernels() => Core.Kernels.Kernel.Needed();

    [TestCaseSource(typeof(CompiledOptions), nameof(CompiledOptions.Cases))]
    public void Predict_OfEveryOption_IsTheNetworks(UNetOptions options, int images)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var network = Shaken.Network(options);
        using var twin = Twin.Of(network);
        var (x, given) = Shaken.Input(options, images);
        var own = tensor(new[] { 3f, 700, 41.5f })[..images];
        var one = full(images, 250f);
        foreach (var t in new[] { own, one })
            Expect.RelativelyClose(twin.Predict(x, t, given), network.Predict(x, t, given), Twin.Tolerance);
        // What is kept of a time serves the next evaluation.
        Expect.Same(twin.Predict(x, one, given), twin.Predict(x, one, given));
        if (options.SelfConditioning)
            Expect.RelativelyClose(
                twin.Predict(x, one, given with { Estimate = null }), network.Predict(x, one, given with { Estimate = null }), Twin.Tolerance);
    }

    [TestCaseSource(nameof(Usual))]
    public void Predict_OfAPreset_IsTheNetworks(UNetOptions options, int images) => IsTheNetworks(options, images);

    [Category("Slow")]
    [TestCaseSource(nameof(Large))]
    public void Predict_OfALargePreset_IsTheNetworks(UNetOptions options, int images) => IsTheNetworks(options, images);

    // A twin is made for a shape, but may be asked for others: memory grows, and other algorithms are chosen.
    [Test]
    public void Predict_OfOtherSizesThanBefore_IsTheNetworks()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var network = Shaken.Network(UNetOptions.Tiny);
        using var twin = Twin.Of(network);
        foreach (var (images, height, width) in new[] { (1, 16, 16), (2, 32, 24), (1, 8, 8), (5, 16, 16), (1, 16, 16), (1, 2, 2) })
        {
            var (x, _) = Shaken.Input(UNetOptions.Tiny, images, (height, width));
            var t = arange(images, dtype: ScalarType.Float32) * 17;
            Expect.RelativelyClose(twin.Predict(x, t), network.Predict(x, t), Twin.Tolerance);
        }
    }

    // Not all images lie in memory as they are counted.
    [Test]
    public void Predict_OfImagesInAnyLayout_IsTheSameBits()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var network = Shaken.Network(UNetOptions.Tiny);
        using var twin = Twin.Of(network);
        var (x, _) = Shaken.Input(UNetOptions.Tiny, 3);
        var t = full(3, 20f);
        var usual = twin.Predict(x, t);
        Assert.That(usual.is_contiguous());
        Expect.Same(twin.Predict(ChannelsLast.Of(x), t), usual);
        Expect.Same(twin.Predict(x.transpose(2, 3).contiguous().transpose(2, 3), t), usual);
        Expect.Same(twin.Predict(cat([x, x], 1)[.., 3..], tensor(20f).expand(3)), usual);
        Expect.Same(twin.Predict(x[..1].expand(3, 3, 16, 16), t)[2..], usual[..1]);
    }

    [Test]
    public void Predict_OfWhatTheNetworkRefuses_SaysTheSame()
    {
        using var scope = NewDisposeScope();
        using var network = Shaken.Network(UNetOptions.Tiny with { SelfConditioning = true, ConditionChannels = 1 });
        using var twin = Twin.Of(network);
        var (x, given) = Shaken.Input(network.Options, 2);
        foreach (var refused in new (Tensor X, Tensor T, Conditioning? Given)[]
        {
            (x[.., ..2], zeros(2), given), (x[.., .., ..3], zeros(2), given), (x, zeros(3), given), (x, zeros(2), null),
            (x, zeros(2), given with { Labels = zeros(2, ScalarType.Int64) }), (x, zeros(2), given with { Estimate = x[..1] }),
            // What follows is found out by libtorch: kernels would read what is not there.
            (x.to(ScalarType.Float64), zeros(2), given), (x.to(META), zeros(2), given), (x, zeros(2, device: META), given),
            (x, zeros(2), given with { Estimate = x.to(ScalarType.Float64) }), (x, zeros(2), given with { Image = given.Image!.to(META) }),
        })
        {
            var fault = Assert.Catch(() => network.Predict(refused.X, refused.T, refused.Given));
            Assert.That(() => twin.Predict(refused.X, refused.T, refused.Given), Throws.TypeOf(fault.GetType()));
        }
    }

    [Test]
    public void Predict_OfTimesInAnotherType_IsTheNetworks([Values(ScalarType.Int64, ScalarType.Float64)] ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var network = Shaken.Network(UNetOptions.Tiny);
        using var twin = Twin.Of(network);
        var (x, _) = Shaken.Input(UNetOptions.Tiny, 2);
        var t = full(2, 20, type);
        Expect.RelativelyClose(twin.Predict(x, t), network.Predict(x, t), Twin.Tolerance);
    }

    // Who asks for a gradient is answered by the network.
    [Test]
    public void Gradient_ByTheImages_IsTheNetworks()
    {
        using var scope = NewDisposeScope();
        using var network = Shaken.Network(UNetOptions.Tiny);
        using var twin = Twin.Of(network);
        Tensor Gradient(IDenoiser asked)
        {
            var x = Shaken.Input(UNetOptions.Tiny, 1).X.requires_grad_();
            return autograd.grad([asked.Predict(x, full(1, 20f)).square().sum()], [x])[0];
        }

        Expect.RelativelyClose(Gradient(twin), Gradient(network), 1e-4);
        using var noGrad = no_grad();
        var leaf = Shaken.Input(UNetOptions.Tiny, 1).X.requires_grad_();
        Assert.That(twin.Predict(leaf, full(1, 20f)).requires_grad, Is.False);
    }

    private static TestCaseData Case((string Name, UNetOptions Options, int Images) preset) =>
        new TestCaseData(preset.Options, preset.Images).SetArgDisplayNames(preset.Name, $"{preset.Images}");

    private static void IsTheNetworks(UNetOptions options, int images)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var network = Shaken.Network(options);
        using var twin = Twin.Of(network);
        var (x, given) = Shaken.Input(options, images);
        var t = tensor(new[] { 999f, 0.5f, 17, 400 })[..images];
        Expect.RelativelyClose(twin.Predict(x, t, given), network.Predict(x, t, given), Twin.Tolerance);
    }
}
