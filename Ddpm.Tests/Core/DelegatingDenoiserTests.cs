using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core;

/// <summary>What a decorator is, by itself. That it passes for the network inside is shown by <see cref="WrappedOrPlainTests"/>.</summary>
public class DelegatingDenoiserTests
{
    [Test]
    public void ByDefault_ItIsAllThatTheOtherIs()
    {
        using var scope = NewDisposeScope();
        using var network = new UNet(UNetOptions.Tiny);
        var outer = new LoggingDenoiser(new LoggingDenoiser(network));
        Assert.That((outer.Traits, outer.Network, outer.Description), Is.EqualTo((network.Traits, (nn.Module)network, network.Description)));
        var (x, t) = (CosineNoise.Draw(0, 2, 3, 16, 16), tensor(new[] { 3f, 700 }));
        Expect.Same(outer.Predict(x, t), network.Predict(x, t));
        var formula = new LoggingDenoiser(new FormulaDenoiser((each, _) => each));
        Assert.That((formula.Traits, formula.Network, formula.Description), Is.EqualTo((NetworkTraits.Unknown, (nn.Module?)null, (object?)null)));
        Assert.That(() => new LoggingDenoiser(null!), Throws.ArgumentNullException);
    }

    // Nothing goes past it to the network inside.
    [Test]
    public void TrainingAndSampling_AskTheDecorator()
    {
        using var network = new UNet(UNetOptions.Tiny with { Labels = new() { Count = 3, NullClass = true }, SelfConditioning = true });
        var logging = new LoggingDenoiser(network);
        using var model = new DiffusionBuilder().WithDenoiser(logging).WithDdim(3).Build();
        model.Train(new() { Steps = 2, BatchSize = 4, SelfConditioningRate = 1 }, new ImageDataset(model.Image, new byte[8 * 768], new int[8]));
        Assert.That(logging.Log, Is.EqualTo((string[])
            ["4 images, labels", "4 images, labels, an estimate", "4 images, labels", "4 images, labels, an estimate"]));
        logging.Log.Clear();
        model.Sample([0, 2], guidance: 2, seed: 0).Dispose();
        Assert.That(logging.Log, Is.EqualTo((string[])["4 images, labels", "4 images, labels, an estimate", "4 images, labels, an estimate"]));
    }
}
