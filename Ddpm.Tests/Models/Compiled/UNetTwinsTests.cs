using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models.Compiled;

/// <summary>How long a compiled twin lives, and that it is one of the weights as they are.</summary>
public class UNetTwinsTests
{
    private static readonly UNetOptions Options = UNetOptions.Tiny with { Channels = 16 };

    [SetUp]
    public void NeedsKernels() => Core.Kernels.Kernel.Needed();

    [Test]
    public void Twin_OfTheSameWeights_IsMadeOnce()
    {
        using var network = Shaken.Network(Options);
        var first = Current(network);
        Assert.That(Current(network), Is.SameAs(first));
        using UNetTwins.Lease one = network.Twins.Take(), other = network.Twins.Take();
        Assert.That(other.Twin, Is.SameAs(one.Twin).And.SameAs(first));
    }

    [Test]
    public void Twin_OfChangedWeights_IsAnother_AndTheOldOneLivesAsLongAsItIsUsed()
    {
        using var scope = NewDisposeScope();
        using var network = Shaken.Network(Options);
        var old = network.Twins.Take();
        var (x, _) = Shaken.Input(Options, 2);
        var (t, twin) = (full(2, 5f), old.Twin);
        var before = twin.Predict(x, t, null, 2);
        Scale(network, "conv_out.weight", 2);
        var changed = Current(network);
        Assert.That(changed, Is.Not.SameAs(twin));
        Expect.Same(twin.Predict(x, t, null, 2), before);
        Expect.RelativelyClose(changed.Predict(x, t, null, 2), network.Predict(x, t), Twin.Tolerance);
        Assert.That(Expect.AreSame(changed.Predict(x, t, null, 2), before), Is.False);
        old.Dispose();
        IsFreed(twin);
    }

    // Whichever weight it is.
    [Test]
    public void Twin_SeesEveryWeight()
    {
        using var scope = NewDisposeScope();
        using var network = Shaken.Network(Options with { Labels = new(), ScaleShift = true });
        var (x, given) = Shaken.Input(network.Options, 1);
        var t = full(1, 30f);
        foreach (var (name, weight) in network.named_parameters())
        {
            var before = Twin.Predict(network, x, t, given);
            using (no_grad())
                weight.add_(0.25 * randn_like(weight));
            var after = Twin.Predict(network, x, t, given);
            Expect.RelativelyClose(after, network.Predict(x, t, given), Twin.Tolerance);
            // A key's bias shifts all scores of a query alike, which softmax does not see.
            if (!name.EndsWith("to_k.bias", StringComparison.Ordinal))
                Assert.That(Expect.Difference(after, before), Is.GreaterThan(1e-5), name);
        }
    }

    [Test]
    public void Twin_OfANetworkThatTrains_IsFreedAfterUse()
    {
        using var network = Shaken.Network(Options);
        network.train();
        CompiledUNet used;
        using (var one = network.Twins.Take())
        using (var other = network.Twins.Take())
        {
            used = one.Twin;
            Assert.That(other.Twin, Is.SameAs(used));
        }
        IsFreed(used);
        network.eval();
        var kept = Current(network);
        Assert.That(kept, Is.Not.SameAs(used));
        Assert.That(Current(network), Is.SameAs(kept));
    }

    [Test]
    public void Dispose_OfADiffusion_FreesItsTwin()
    {
        var model = new DiffusionBuilder().WithUNet(Options).WithDdim(2).Build();
        using (var images = model.Sample(1, seed: 0))
            Assert.That(images.shape, Is.EqualTo(new long[] { 1, 3, 16, 16 }));
        var kept = Current((UNet)model.Denoiser);
        model.Dispose();
        IsFreed(kept);
    }

    [Test]
    public void Twins_ThatAreMadeAndFreed_LeaveNoTensors()
    {
        using var network = Shaken.Network(Options);
        Expect.NoLeak(() =>
        {
            Scale(network, "conv_in.bias", 1.5);
            Current(network);
        });
    }

    [Test]
    public void Take_OfSeveralThreadsAtOnce_MakesOneTwin()
    {
        using var network = Shaken.Network(Options);
        var twins = new CompiledUNet[4];
        using var begin = new Barrier(twins.Length);
        var threads = Enumerable.Range(0, twins.Length).Select(i => new Thread(() =>
        {
            begin.SignalAndWait();
            twins[i] = Current(network);
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.That(twins.Distinct().Count(), Is.EqualTo(1));
    }

    private static CompiledUNet Current(UNet network)
    {
        using var lease = network.Twins.Take();
        return lease.Twin;
    }

    private static void Scale(UNet network, string name, double factor)
    {
        using var noGrad = no_grad();
        network.get_parameter(name)!.mul_(factor);
    }

    private static void IsFreed(CompiledUNet twin)
    {
        using var scope = NewDisposeScope();
        Assert.That(() => twin.Predict(zeros(1, 3, 16, 16), full(1, 5f), null, 1), Throws.InstanceOf<ObjectDisposedException>()
            .Or.InstanceOf<InvalidOperationException>());
    }
}
