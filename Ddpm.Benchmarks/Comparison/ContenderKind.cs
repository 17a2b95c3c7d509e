using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Benchmarks;

/// <summary>A contender of this program's own, before it is made for a network and a batch.</summary>
/// <param name="Key">What the program calls it when it starts itself anew to measure memory.</param>
/// <param name="Name">For people.</param>
/// <param name="Type">In which it computes.</param>
/// <param name="IsPlain">Whether it is made of plain modules.</param>
/// <param name="Make">What computes, and what frees it.</param>
internal sealed record ContenderKind(
    string Key, string Name, ScalarType Type, bool IsPlain,
    Func<UNetOptions, Device, int, (Func<Tensor, Tensor, Tensor> Predict, IDisposable Owner)> Make)
{
    /// <summary>All of them, the plain ones first.</summary>
    internal static IReadOnlyList<ContenderKind> All { get; } =
    [
        Plain("plain", "plain modules, NCHW", ScalarType.Float32, channelsLast: false),
        Plain("plain-last", "plain modules, channels last", ScalarType.Float32, channelsLast: true),
        Library("library", "this library, InferenceBackend.Plain", ScalarType.Float32, InferenceBackend.Plain),
        Library("compiled", "this library, InferenceBackend.Auto", ScalarType.Float32, InferenceBackend.Auto),
        Plain("plain-bf16", "plain modules, NCHW", ScalarType.BFloat16, channelsLast: false),
        Plain("plain-last-bf16", "plain modules, channels last", ScalarType.BFloat16, channelsLast: true),
        Library("bf16", "this library, InferenceBackend.BFloat16", ScalarType.BFloat16, InferenceBackend.BFloat16),
    ];

    private static ContenderKind Plain(string key, string name, ScalarType type, bool channelsLast) =>
        new(key, name, type, true, (options, device, _) =>
        {
            var network = new PlainUNet(options);
            network.to(device).to(type).eval();
            if (channelsLast)
                network.WithChannelsLast();
            return ((x, t) =>
            {
                using var scope = NewDisposeScope();
                var shown = x.to(type);
                var predicted = network.call(channelsLast ? PlainUNet.ChannelsLast(shown) : shown, t);
                return predicted.to(ScalarType.Float32).MoveToOuterDisposeScope();
            }, network);
        });

    private static ContenderKind Library(string key, string name, ScalarType type, IInferenceBackend backend) =>
        new(key, name, type, false, (options, device, batch) =>
        {
            var network = new UNet(options);
            network.to(device).eval();
            var twin = backend.Compile(network, options.Image, batch);
            return ((x, t) => twin.Predict(x, t), new Both(twin as IDisposable, network));
        });

    private sealed class Both(IDisposable? twin, IDisposable network) : IDisposable
    {
        public void Dispose()
        {
            if (twin != network)
                twin?.Dispose();
            network.Dispose();
        }
    }
}
