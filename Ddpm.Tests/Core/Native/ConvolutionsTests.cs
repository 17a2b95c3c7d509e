using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Native;

/// <summary>
/// Convolutions in float32 against the same in float64, once the library has seen to them. Only shapes that a UNet has: of others libtorch 2.10 gets
/// some gradients wrong, and one kind (1x1, stride 2, channels last, of one to three channels) writes outside its tensors.
/// </summary>
public class ConvolutionsTests
{
    // What may switch oneDNN off comes last.
    [Test, Order(0)]
    public void ChannelsLast_InWholeBlocks_IsRight(
        [Values(1, 3, 16, 48, 96)] int from, [Values(16, 32, 128)] int to, [Values(1, 3)] int kernel, [Values(1, 4, 32)] int edge,
        [Values(1, 4)] int images) =>
        AreRight(new InLayout(ConvolutionLayout.ChannelsLastInBlocks), from, to, kernel, edge, stride: 1, images);

    [Test, Order(1)]
    public void ChannelsLast_ToAnImage_OrToHalfTheSize_IsRight(
        [Values(16, 48, 96)] int from, [Values(1, 3, 6, 48)] int to, [Values(1, 4, 32)] int edge) =>
        AreRight(new InLayout(ConvolutionLayout.ChannelsLastInBlocks), from, to, kernel: 3, edge, stride: to == 48 ? 2 : 1, images: 4);

    [Test, Order(2)]
    public void ChannelsLast_OfAnyWidth_IsRight(
        [Values(8, 24, 48)] int from, [Values(1, 20, 40)] int to, [Values(1, 3)] int kernel, [Values(4, 32)] int edge) =>
        AreRight(new InLayout(ConvolutionLayout.ChannelsLast), from, to, kernel, edge, stride: 1, images: 4);

    [Test, Order(3)]
    public void ChannelsLast_OfAnyWidth_ToHalfTheSize_IsRight([Values(8, 20, 24, 40)] int width, [Values(4, 32)] int edge) =>
        AreRight(new InLayout(ConvolutionLayout.ChannelsLast), width, width, kernel: 3, edge, stride: 2, images: 4);

    [Test, Order(4)]
    public void AnyLayout_IsRight([Values(3, 8, 24, 48)] int from, [Values(1, 16, 40)] int to, [Values(4, 32)] int edge) =>
        AreRight(new Plain(), from, to, kernel: 3, edge, stride: 1, images: 2);

    private static void AreRight(nn.Module network, int from, int to, int kernel, int edge, int stride, int images)
    {
        using var scope = NewDisposeScope();
        using var seen = network;
        Convolutions.Ensure(network as IDenoiser ?? new Holder(network));
        using var generator = new Generator(0);
        var x = randn([images, from, edge, edge], generator: generator);
        var weights = randn([to, from, kernel, kernel], generator: generator);
        Tensor[] Results(ScalarType type)
        {
            var (image, weight) =
                ((network is IDenoiser ? ChannelsLast.Of(x) : x).to(type).detach().requires_grad_(), weights.to(type).detach().requires_grad_());
            var y = nn.functional.conv2d(image, weight, strides: [stride, stride], padding: [kernel / 2, kernel / 2]);
            return [y, .. autograd.grad([y], [image, weight], [CosineNoise.Draw(1, y.shape).to(type)])];
        }
        foreach (var (found, right) in Results(ScalarType.Float32).Zip(Results(ScalarType.Float64)))
            Expect.RelativelyClose(found.to(ScalarType.Float64), right, 1e-5);      // float32 sums of up to 4,096 terms
    }

    [TestCase(3, 8, 8), TestCase(1, 8, 8), TestCase(4, 1, 1), TestCase(1, 1, 1)]
    public void ChannelsLast_ChangesTheStridesAlone(long channels, long height, long width)
    {
        using var scope = NewDisposeScope();
        var x = CosineNoise.Draw(1, [2, channels, height, width]);
        var found = ChannelsLast.Of(x);
        Expect.Same(found, x);
        Assert.That(found.stride(), Is.EqualTo(new[] { height * width * channels, 1, width * channels, channels }));
    }

    [Test]
    public void MayBeWrong_IsToldByTheParts()
    {
        using UNet whole = new(UNetOptions.Tiny), broken = new(UNetOptions.Tiny with { Channels = 24 });
        using var tiny = new TinyNetwork();
        using var linear = nn.Linear(2, 2);
        using Pair fine = new(whole, linear), withBroken = new(whole, broken), withPlain = new(whole, tiny);
        (nn.Module, bool)[] cases =
            [(whole, false), (broken, true), (tiny, true), (linear, false), (fine, false), (withBroken, true), (withPlain, true)];
        foreach (var (network, expected) in cases)
            Assert.That(Convolutions.MayBeWrong(network), Is.EqualTo(expected), network.GetName());
    }

    [Test]
    public void MayBeWrong_OfANetworkThatIsNotOnTheCpu_IsFalse()
    {
        using var broken = new UNet(UNetOptions.Tiny with { Channels = 24 }, META);
        using var tiny = new TinyNetwork();
        tiny.to(META);
        Assert.That((Convolutions.MayBeWrong(broken), Convolutions.MayBeWrong(tiny)), Is.EqualTo((false, false)));
    }

    private sealed class Pair : nn.Module
    {
        private readonly nn.Module first, second;

        internal Pair(nn.Module first, nn.Module second)
            : base(nameof(Pair))
        {
            (this.first, this.second) = (first, second);
            RegisterComponents();
        }
    }

    private sealed class Holder(nn.Module network) : IDenoiser
    {
        public nn.Module Network => network;

        public Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null) => x.alias();
    }

    private sealed class Plain : nn.Module
    {
        private readonly TorchSharp.Modules.Parameter weight = new(zeros(1, 1, 3, 3));

        internal Plain()
            : base(nameof(Plain)) => RegisterComponents();
    }

    private sealed class InLayout(ConvolutionLayout layout) : nn.Module(nameof(InLayout)), IDenoiser
    {
        public NetworkTraits Traits => new() { Layout = layout };

        public Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null) => x.alias();
    }
}
