using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models;

/// <summary>The async forms do what the synchronous ones do.</summary>
public class AsyncTests
{
    private static readonly UNetOptions Options = UNetOptions.Tiny with { Channels = 16 };
    private static readonly SamplingOptions Seeded = new() { Seed = 3, BatchSize = 1 };
    private static readonly InpaintingOptions Twice = new() { JumpLength = 5, Resamplings = 2 };
    private static readonly VariationalBound Bound = new() { Seed = 3 };

    private readonly UNet network = UNetTests.Randomised(Options);

    private Diffusion Model() => new DiffusionBuilder().WithLinearSchedule(20, 0.01, 0.4).WithDenoiser(network, Options.Image).Build();

    [OneTimeTearDown]
    public void DisposeNetwork() => network.Dispose();

    /// <summary>What tasks are given.</summary>
    public sealed class Inputs : IDisposable
    {
        public Inputs()
        {
            using var scope = NewDisposeScope();
            var levels = (CosineNoise.Draw(0, 2, 3, 16, 16).clamp(-1, 1) * 127.5 + 127.5).round();      // whole ones, for the bound
            Images = (levels / 127.5 - 1).DetachFromDisposeScope();
            Known = (Images > 0).DetachFromDisposeScope();
            (First, Second) = (Images[..1].DetachFromDisposeScope(), Images[1..].DetachFromDisposeScope());
        }

        public Tensor Images { get; }

        public Tensor Known { get; }

        public Tensor First { get; }

        public Tensor Second { get; }

        public void Dispose()
        {
            foreach (var tensor in (Tensor[])[Images, Known, First, Second])
                tensor.Dispose();
        }
    }

    /// <summary>A task in both forms; the action is called at every report of progress.</summary>
    public sealed record Pair(
        string Name, Func<Diffusion, Inputs, Action, CancellationToken, Tensor> Sync,
        Func<Diffusion, Inputs, Action, CancellationToken, Task<Tensor>> Async)
    {
        public override string ToString() => Name;
    }

    private static readonly Pair[] Pairs =
    [
        new(nameof(Diffusion.Sample),
            (model, _, told, stop) => model.Sample(2, Seeded, Steps(told), cancellationToken: stop),
            (model, _, told, stop) => model.SampleAsync(2, Seeded, Steps(told), stop)),
        new(nameof(Diffusion.ImageToImage),
            (model, given, told, stop) => model.ImageToImage(given.Images, 0.6, Seeded, Steps(told), stop),
            (model, given, told, stop) => model.ImageToImageAsync(given.Images, 0.6, Seeded, Steps(told), stop)),
        new(nameof(Diffusion.Inpaint),
            (model, given, told, stop) => model.Inpaint(given.Images, given.Known, Twice, Seeded, Steps(told), stop),
            (model, given, told, stop) => model.InpaintAsync(given.Images, given.Known, Twice, Seeded, Steps(told), stop)),
        new(nameof(Diffusion.Interpolate),
            (model, given, told, stop) =>
                model.Interpolate(given.First, given.Second, 12, 3, InterpolationKind.Spherical, Seeded, Steps(told), stop),
            (model, given, told, stop) =>
                model.InterpolateAsync(given.First, given.Second, 12, 3, InterpolationKind.Spherical, Seeded, Steps(told), stop)),
        new(nameof(Diffusion.Encode),
            (model, given, told, stop) => model.Encode(given.Images, 10, Seeded, Steps(told), stop),
            (model, given, told, stop) => model.EncodeAsync(given.Images, 10, Seeded, Steps(told), stop)),
        new(nameof(Diffusion.Decode),
            (model, given, told, stop) => model.Decode(given.Images, 10, Seeded, Steps(told), stop),
            (model, given, told, stop) => model.DecodeAsync(given.Images, 10, Seeded, Steps(told), stop)),
        new(nameof(Diffusion.BitsPerDimension),
            (model, given, told, stop) => Numbers(model.BitsPerDimension(given.Images, Bound, new Direct<double>(_ => told()), stop)),
            async (model, given, told, stop) =>
                Numbers(await model.BitsPerDimensionAsync(given.Images, Bound, new Direct<double>(_ => told()), stop))),
    ];

    private static Direct<SamplingProgress> Steps(Action told) => new(_ => told());

    private static Tensor Numbers(BitsPerDimension bits) => tensor((double[])[.. bits.Images, bits.Prior, .. bits.Terms.Select(term => term.Bits)]);

    [TestCaseSource(nameof(Pairs))]
    public async Task EveryTask_GivesTheSameBitsAndReportsAsItsSynchronousForm(Pair task)
    {
        using var model = Model();
        using var given = new Inputs();
        var (expectedReports, reports) = (0, 0);
        using var expected = task.Sync(model, given, () => expectedReports++, default);
        using var actual = await task.Async(model, given, () => reports++, default);
        Expect.Same(actual, expected);
        Assert.That(reports, Is.EqualTo(expectedReports).And.Positive);
    }

    [TestCaseSource(nameof(Pairs))]
    public void EveryTask_Cancelled_SaysSoAndLeavesNothingAlive(Pair task)
    {
        using var model = Model();
        using var given = new Inputs();
        Expect.NoLeak(() =>
        {
            using var stop = new CancellationTokenSource();
            Assert.CatchAsync<OperationCanceledException>(() => task.Async(model, given, stop.Cancel, stop.Token));
            Assert.CatchAsync<OperationCanceledException>(() => task.Async(model, given, () => Assert.Fail("It began."), new(canceled: true)));
        });
    }

    [Test]
    public async Task TheResult_StaysWithTheCallerWhateverScopesAreOpen()
    {
        using var model = Model();
        using var given = new Inputs();
        var (inner, outer) = await Task.Run(() =>
        {
            // Waiting for work that has not begun, a thread of the pool may do it itself, inside this scope.
            using var scope = NewDisposeScope();
            return (model.DecodeAsync(given.Images, 2).Result, model.Decode(given.Images, 2).MoveToOuterDisposeScope());
        });
        using (inner)
        using (outer)
            Expect.Same(inner, outer);
    }

    private static readonly TestCaseData<Action<Diffusion, Inputs>, Func<Diffusion, Inputs, Task>>[] Faults =
    [
        new((model, _) => model.Sample(0, seed: 0), (model, _) => model.SampleAsync(0)) { TestName = "{m}(Sample)" },
        new((model, given) => model.ImageToImage(given.Images, 1.1), (model, given) => model.ImageToImageAsync(given.Images, 1.1))
            { TestName = "{m}(ImageToImage)" },
        new((model, given) => model.Inpaint(given.Images, given.Images), (model, given) => model.InpaintAsync(given.Images, given.Images))
            { TestName = "{m}(Inpaint)" },
        new((model, given) => model.Interpolate(given.First, null!, 5), (model, given) => model.InterpolateAsync(given.First, null!, 5))
            { TestName = "{m}(Interpolate)" },
        new((model, given) => model.Encode(given.Images, 0), (model, given) => model.EncodeAsync(given.Images, 0)) { TestName = "{m}(Encode)" },
        new((model, given) => model.Decode(given.Images[0]), (model, given) => model.DecodeAsync(given.Images[0])) { TestName = "{m}(Decode)" },
        new((model, _) => model.BitsPerDimension(null!), (model, _) => model.BitsPerDimensionAsync(null!)) { TestName = "{m}(BitsPerDimension)" },
        new((model, _) => model.Train(), (model, _) => model.TrainAsync()) { TestName = "{m}(Train)" },
    ];

    [TestCaseSource(nameof(Faults))]
    public void AFault_ArrivesAsTheSameException(Action<Diffusion, Inputs> sync, Func<Diffusion, Inputs, Task> async)
    {
        using var scope = NewDisposeScope();
        using var model = Model();
        using var given = new Inputs();
        var expected = Assert.Catch(() => sync(model, given))!;
        var actual = Assert.CatchAsync(() => async(model, given))!;
        Assert.That((actual.GetType(), actual.Message), Is.EqualTo((expected.GetType(), expected.Message)));
    }
}
