using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models.Compiled;

/// <summary>A backend as users write them: it is asked once a batch, and what it makes is freed however the run ends.</summary>
public class OwnBackendTests
{
    private static Diffusion Model(TinyNetwork network) =>
        new DiffusionBuilder().WithDenoiser(network, new ImageShape(3, 4, 6)).WithDdim(5).Build();

    [Test]
    public void Backend_IsAskedOnceABatch_AndItsTwinsAreDisposed()
    {
        using var scope = NewDisposeScope();
        using var network = new TinyNetwork();
        using var model = Model(network);
        var backend = new Backend();
        var made = model.Sample(5, new() { Seed = 0, BatchSize = 2, Backend = backend });
        Assert.That(backend.Asked, Is.EqualTo(new[] { (network, model.Image, 2), (network, model.Image, 2), (network, model.Image, 1) }));
        Assert.That(backend.Twins.Select(twin => (twin.Calls, twin.Disposed)), Is.All.EqualTo((5, 1)));
        // The twin is asked, not the network.
        Assert.That(Expect.AreSame(made, model.Sample(5, new() { Seed = 0, BatchSize = 2, Backend = InferenceBackend.Plain })), Is.False);
    }

    [Test]
    public void Twin_OfARunThatIsGivenUp_IsDisposed()
    {
        using var network = new TinyNetwork();
        using var model = Model(network);
        var backend = new Backend();
        var frames = model.Stream(2, new() { Seed = 0, Backend = backend });
        Assert.That(backend.Asked, Is.Empty, "a run begins with its enumeration");
        foreach (var frame in frames)
            using (frame)
                if (frame.Step == 1)
                    break;
        Assert.That(backend.Twins.Select(twin => (twin.Calls, twin.Disposed)), Is.EqualTo(new[] { (2, 1) }));
    }

    [Test]
    public void Twin_OfARunThatFails_IsDisposed_AndNothingLeaks()
    {
        using var network = new TinyNetwork();
        using var model = Model(network);
        Expect.NoLeak(() =>
        {
            var backend = new Backend { FailsAt = 3 };
            Assert.That(
                () => model.Sample(2, new() { Seed = 0, Backend = backend }), Throws.InvalidOperationException.With.Message.EqualTo("call 3"));
            Assert.That(backend.Twins.Single().Disposed, Is.EqualTo(1));
        });
    }

    [Test]
    public void Twin_OfARunThatIsCancelled_IsDisposed()
    {
        using var network = new TinyNetwork();
        using var model = Model(network);
        using var cancel = new CancellationTokenSource();
        var backend = new Backend();
        Assert.That(
            () => model.Sample(1, new() { Seed = 0, Backend = backend }, new Direct<SamplingProgress>(_ => cancel.Cancel()),
                cancellationToken: cancel.Token),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(backend.Twins.Single().Disposed, Is.EqualTo(1));
    }

    [Test]
    public void Backend_ThatFails_LeavesNothing()
    {
        using var network = new TinyNetwork();
        using var model = Model(network);
        Expect.NoLeak(() => Assert.That(
            () => model.Sample(1, new() { Seed = 0, Backend = new Backend { FailsAt = 0 } }),
            Throws.InvalidOperationException.With.Message.EqualTo("call 0")));
    }

    // A backend that cannot do better gives the network itself, which stays its owner's.
    [Test]
    public void NetworkItself_IsNotDisposed()
    {
        using var network = new TinyNetwork();
        using var model = Model(network);
        model.Sample(1, new() { Seed = 0, Backend = InferenceBackend.Plain }).Dispose();
        model.Sample(1, seed: 0).Dispose();
        Assert.That(network.parameters().All(weight => !weight.IsInvalid));
    }

    [Test]
    public void Backend_IsAskedByDenoiseAsWell()
    {
        using var scope = NewDisposeScope();
        using var network = new TinyNetwork();
        using var model = Model(network);
        var backend = new Backend();
        var options = new SamplingOptions { Seed = 0, Backend = backend };
        foreach (var frame in model.Denoise(zeros(3, 3, 4, 6), 500, options))
            frame.Dispose();
        Assert.That(backend.Asked.Select(asked => asked.Batch), Is.EqualTo(new[] { 3 }));
        Assert.That(backend.Twins.Select(twin => twin.Disposed), Is.All.EqualTo(1));
    }

    private sealed class Backend : IInferenceBackend
    {
        internal List<(IDenoiser Network, ImageShape Image, int Batch)> Asked { get; } = [];

        internal List<CountedTwin> Twins { get; } = [];

        /// <summary>The call that throws; 0: making the twin.</summary>
        internal int? FailsAt { get; init; }

        public IDenoiser Compile(IDenoiser network, ImageShape image, int batch)
        {
            if (FailsAt == 0)
                throw new InvalidOperationException("call 0");
            Asked.Add((network, image, batch));
            Twins.Add(new(network, FailsAt));
            return Twins[^1];
        }
    }

    private sealed class CountedTwin(IDenoiser inner, int? failsAt) : DelegatingDenoiser(inner), IDisposable
    {
        internal int Calls { get; private set; }

        internal int Disposed { get; private set; }

        public override Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null)
        {
            if (++Calls == failsAt)
                throw new InvalidOperationException($"call {Calls}");
            using var scope = NewDisposeScope();
            return (base.Predict(x, t, conditioning) + 0.5).MoveToOuterDisposeScope();
        }

        public void Dispose() => Disposed++;
    }
}
