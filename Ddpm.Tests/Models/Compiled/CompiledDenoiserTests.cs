using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models.Compiled;

/// <summary>How a compiled twin behaves: the same bits however it is asked, and nothing left behind.</summary>
[NonParallelizable]
public class CompiledDenoiserTests
{
    private static readonly UNetOptions Options = UNetOptions.Tiny with { ScaleShift = true };

    [SetUp]
    public void NeedsKernels() => Core.Kernels.Kernel.Needed();

    [Test]
    public void Predict_OfAnyNumberOfThreads_IsTheSameBits([Values(1, 2, 3)] int threads, [Values(1, 3)] int images)
    {
        using var scope = NewDisposeScope();
        using var network = Shaken.Network(Options);
        var (x, _) = Shaken.Input(Options, images);
        var t = full(images, 300f);
        Expect.Same(Core.Kernels.Kernel.OnThreads(threads, () => Twin.Predict(network, x, t)), Twin.Predict(network, x, t));
    }

    // Sixteen pixels and more in a line are tiles enough for Winograd's algorithm at any batch; those of the smaller level never are.
    [Test]
    public void Predict_OfAnImage_DoesNotDependOnTheOthersInItsBatch()
    {
        using var scope = NewDisposeScope();
        using var network = Shaken.Network(Options);
        var (x, _) = Shaken.Input(Options, 3);
        var t = full(3, 300f);
        // Each from a twin that has kept nothing.
        var whole = Twin.Predict(network, x, t);
        Forget(network);
        var alone = Twin.Predict(network, x[1..2], t[..1]);
        Expect.Same(alone, whole[1..2]);
    }

    [Test]
    public void Predict_AfterOtherBatches_IsTheSameBits()
    {
        using var scope = NewDisposeScope();
        using var network = Shaken.Network(Options);
        var (x, _) = Shaken.Input(Options, 3);
        var t = full(3, 300f);
        var first = Twin.Predict(network, x[..1], t[..1]);
        Forget(network);
        using var twin = Twin.Of(network);
        _ = twin.Predict(x, t);
        Expect.Same(twin.Predict(x[..1], t[..1]), first);
    }

    [Test]
    public void Predict_OfSeveralThreadsAtOnce_IsThatOfOne()
    {
        using var scope = NewDisposeScope();
        using var network = Shaken.Network(Options);
        var inputs = Enumerable.Range(1, 4).Select(images => (Shaken.Input(Options, images).X, T: full(images, 100f * images))).ToArray();
        var alone = inputs.Select(input => Twin.Predict(network, input.X, input.T)).ToArray();
        Forget(network);
        using var together = Twin.Of(network);
        var faults = new int[inputs.Length];
        var threads = inputs.Select((_, i) => new Thread(() =>
        {
            for (var k = 0; k < 10; k++)
            {
                // In turn, so that all meet at new times, and at the same.
                var at = (i + k) % inputs.Length;
                using var made = together.Predict(inputs[at].X, inputs[at].T);
                faults[i] += Expect.AreSame(made, alone[at]) ? 0 : 1;
            }
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.That(faults, Is.All.Zero);
    }

    [Test]
    public void Predict_AfterDispose_Throws()
    {
        using var scope = NewDisposeScope();
        using var network = Shaken.Network(Options);
        var twin = Twin.Of(network);
        var (x, _) = Shaken.Input(Options, 1);
        twin.Dispose();
        twin.Dispose();
        Assert.That(() => twin.Predict(x, zeros(1)), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void Twin_IsWhatTheNetworkIs()
    {
        using var network = Shaken.Network(Options with { Labels = new() });
        using var twin = Twin.Of(network);
        Assert.That((twin.Traits, twin.Description, twin.Network), Is.EqualTo((network.Traits, network.Description, network)));
    }

    // Of one time and of own times: a result that is kept, and one that is not.
    [Test]
    public void ManyEvaluations_LeaveNoTensorsNorMemory()
    {
        using var network = Shaken.Network(Options);
        using var twin = Twin.Of(network);
        Grows(twin, evaluations: 200, mostBytes: 24 << 20);
    }

    [Test, Category("Slow")]
    public void TenThousandEvaluations_LeaveNoTensorsNorMemory()
    {
        using var network = Shaken.Network(UNetOptions.Tiny);
        using var twin = Twin.Of(network);
        Grows(twin, evaluations: 10_000, mostBytes: 16 << 20);
    }

    // A twin that is made anew.
    private static void Forget(UNet network)
    {
        using var noGrad = no_grad();
        foreach (var factor in (double[])[2, 0.5])
        {
            network.parameters().First().mul_(factor);
            Twin.Of(network).Dispose();
        }
    }

    private static void Grows(CompiledDenoiser twin, int evaluations, long mostBytes)
    {
        using var scope = NewDisposeScope();
        var (x, _) = Shaken.Input(UNetOptions.Tiny, 4);
        Tensor[] times = [full(4, 10f), arange(4, dtype: ScalarType.Float32)];
        void Ask(int count)
        {
            for (var i = 0; i < count; i++)
                twin.Predict(x, times[i % 2]).Dispose();
        }

        Ask(50);
        var (tensors, memory) = (Expect.LiveTensors(), NativeMemory());
        Ask(evaluations);
        Assert.That(Expect.LiveTensors(), Is.EqualTo(tensors));
        var grown = NativeMemory() - memory;
        TestContext.Out.WriteLine($"{grown / 1024.0 / 1024:F1} MiB more after {evaluations} evaluations");
        Assert.That(grown, Is.LessThan(mostBytes));
    }

    // What the collector manages grows and shrinks as it likes.
    private static long NativeMemory() => Environment.WorkingSet - GC.GetGCMemoryInfo().TotalCommittedBytes;
}
