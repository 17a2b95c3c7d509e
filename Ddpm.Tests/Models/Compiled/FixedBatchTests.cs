using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models.Compiled;

/// <summary>What <see cref="InferenceBackend.FixedBatch"/> promises: an image has the same bits among any number of others.</summary>
[NonParallelizable]
public class FixedBatchTests
{
    private const int Batch = 8;

    [TestCaseSource(nameof(Networks))]
    public void Predict_OfAnImage_DoesNotDependOnTheOthers(UNetOptions options, IInferenceBackend backend)
    {
        using var scope = NewDisposeScope();
        using var network = Shaken.Network(options);
        using var noGrad = no_grad();
        var (x, given) = Shaken.Input(options, 2 * Batch + 3);
        var t = arange(x.shape[0], ScalarType.Float32) * 7 + 5;
        var twin = InferenceBackend.FixedBatch(Batch, backend).Compile(network, options.Image, batch: 1);
        Tensor Of(long first, long count) => twin.Predict(x.narrow(0, first, count), t.narrow(0, first, count), given.Narrow(first, count));

        var all = Of(0, x.shape[0]);
        foreach (var (first, count) in ((int, int)[])[(0, 1), (2 * Batch + 2, 1), (3, 2), (5, 3), (1, Batch - 1), (4, Batch), (2, Batch + 1)])
            Assert.That(Expect.AreSame(Of(first, count), all.narrow(0, first, count)), $"{count} from {first} on");
        (twin as IDisposable)?.Dispose();
    }

    [Test]
    public void Sample_OfAnImage_IsThatOfAnyCall([Values(1.0, 3.0)] double guidance)
    {
        using var scope = NewDisposeScope();
        var options = UNetOptions.Tiny with { Labels = new() { Count = 3, NullClass = true } };
        using var network = Shaken.Network(options);
        using var diffusion = new DiffusionBuilder().WithDenoiser(network).WithSampler("ddpm", 4).Build();
        var sampling = new SamplingOptions
        {
            Seed = 5,
            Backend = InferenceBackend.FixedBatch(Batch),
            Guidance = new(guidance),
            Labels = [.. Enumerable.Range(0, 10).Select(k => k % 3)],
        };
        var all = diffusion.Sample(10, sampling);
        foreach (var k in (int[])[0, 4, 9])
            Expect.Same(diffusion.Sample(1, sampling with { FirstImage = k, Labels = [k % 3] }), all.narrow(0, k, 1));
        Expect.Same(diffusion.Sample(10, sampling with { BatchSize = 3 }), all);
    }

    [Test]
    public void Predict_OfFewer_LeavesNothingBehindAndIsThatOfTheNetwork()
    {
        using var network = Shaken.Network(UNetOptions.Tiny);
        using (NewDisposeScope())
        {
            var (x, _) = Shaken.Input(UNetOptions.Tiny, 3);
            var t = full(3, 300f);
            var twin = InferenceBackend.FixedBatch(Batch, InferenceBackend.Plain).Compile(network, UNetOptions.Tiny.Image, 1);
            Expect.RelativelyClose(twin.Predict(x, t), network.Predict(x, t), Twin.Tolerance);
            ((IDisposable)twin).Dispose();
            Assert.That(() => network.Predict(x, t), Throws.Nothing, "The network stays its owner's.");
        }
        Expect.NoLeak(() =>
        {
            using var scope = NewDisposeScope();
            var (x, _) = Shaken.Input(UNetOptions.Tiny, 11);
            var t = full(11, 300f);
            using var twin = (IDisposable)InferenceBackend.FixedBatch(Batch, InferenceBackend.Plain).Compile(network, UNetOptions.Tiny.Image, 1);
            _ = ((IDenoiser)twin).Predict(x, t);
        });
    }

    [Test]
    public void FixedBatch_OfNone_IsRefused() =>
        Assert.That(() => InferenceBackend.FixedBatch(0), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("0"));

    private static IEnumerable<TestCaseData> Networks()
    {
        foreach (var (name, options) in CompiledOptions.All)
            yield return new TestCaseData(options, InferenceBackend.Auto).SetArgDisplayNames(name);
        foreach (var name in (string[])["usual", "everything beside x", "down to one pixel", "odd sizes", "heads"])
            yield return new TestCaseData(CompiledOptions.All.Single(each => each.Name == name).Options, InferenceBackend.Plain)
                .SetArgDisplayNames($"{name}, plain");
        yield return new TestCaseData(CompiledOptions.All[0].Options, InferenceBackend.BFloat16).SetArgDisplayNames("usual, bfloat16");
    }
}
