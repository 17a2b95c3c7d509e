using System.Reflection;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Devices;

/// <summary>
/// Everything that a network holds goes where the network goes. The META device stands for any other: whatever stays behind is found.
/// </summary>
public class NetworksMoveTests
{
    private static readonly UNetOptions Small = UNetOptions.Tiny with { Channels = 16 };

    private static readonly (string Name, UNetOptions Options)[] Networks =
    [
        ("cifar10", UNetOptions.Cifar10), ("reference", UNetOptions.ReferencePrograms), ("small", UNetOptions.Small), ("tiny", UNetOptions.Tiny),
        ("dropout", Small with { Dropout = 0.5 }),
        ("fourier", Small with { Time = new() { Kind = TimeEmbeddingKind.Fourier } }),
        ("learned time", Small with { Time = new() { Kind = TimeEmbeddingKind.Learned } }),
        ("odd features", Small with { Time = new() { Features = 17, CosineFirst = true, FrequencyShift = 0 } }),
        ("classes", Small with { Labels = new() { NullClass = true } }),
        ("numbers", Small with { Labels = new() { Kind = LabelKind.Timestep } }),
        ("embeddings", Small with { Labels = new() { Kind = LabelKind.Identity } }),
        ("self-conditioned", Small with { SelfConditioning = true }),
        ("learned variance", Small with { OutputChannels = 6 }),
        ("scale and shift", Small with { ScaleShift = true, Activation = Activation.Mish, CenterInput = true }),
        ("residual resampling", Small with { Downsampling = [Resampling.ResidualBlock], Upsampling = [Resampling.ResidualBlock] }),
        ("plain resampling", Small with { Downsampling = [Resampling.Plain], Upsampling = [Resampling.Plain] }),
        ("padding", Small with { DownsamplePadding = DownsamplePadding.BothSides, UpsampleBias = false, OutputBias = false }),
        ("middle", Small with { Middle = new() { NormGroups = 0, Scale = 2 } }),
        ("no middle", Small with { Middle = new() { Blocks = false } }),
    ];

    private static IEnumerable<string> Names => Networks.Select(each => each.Name);

    private static UNet Make(string name) => new(Networks.Single(each => each.Name == name).Options, device: null);

    [TestCaseSource(nameof(Names))]
    public void To_AnotherDevice_LeavesNoTensorBehind(string name)
    {
        using var network = Make(name);
        Assert.That(Tensors(network).Select(tensor => tensor.device_type).ToArray(), Has.Length.GreaterThan(10).And.All.EqualTo(DeviceType.CPU));
        network.to(META);
        Assert.That(Tensors(network).Select(tensor => tensor.device_type), Is.All.EqualTo(DeviceType.META));
    }

    // A module has four doors that lead to another device.
    [Test]
    public void To_AnotherDevice_WhicheverWay_LeavesNoTensorBehind([Values] bool learnedTime, [Values(0, 1, 2, 3)] int door)
    {
        using var network = Make(learnedTime ? "learned time" : "dropout");
        using var there = zeros(1, device: META);
        _ = door switch
        {
            0 => network.to(DeviceType.META),
            1 => network.to("meta"),
            2 => network.to(META, ScalarType.Float64),
            _ => network.to(there),
        };
        Assert.That(Tensors(network).Select(tensor => tensor.device_type), Is.All.EqualTo(DeviceType.META));
    }

    [Test]
    public void To_AnotherType_KeepsTheFrequenciesOfTheTimeInFloat32()
    {
        using var network = Make("dropout");
        network.to(ScalarType.Float64);
        Assert.That(network.parameters().Select(weight => weight.dtype), Is.All.EqualTo(ScalarType.Float64));
        Assert.That(Tensors(network).Single(tensor => tensor.dtype == ScalarType.Float32).shape, Is.EqualTo(new[] { 8L }));
    }

    // Moved to a device and back a network computes what it computed.
    [Test]
    public void To_TheSameDevice_ChangesNothing()
    {
        using var scope = NewDisposeScope();
        using var network = Models.UNetTests.Randomised(Small);
        network.eval();
        var (x, t) = (CosineNoise.Draw(0, 2, 3, 16, 16), tensor(new[] { 3f, 999 }));
        var before = network.Predict(x, t);
        network.to(CPU);
        Expect.Same(network.Predict(x, t), before);
        Assert.That(network.state_dict().Keys, Has.None.Contains("frequencies"));
    }

    [Test]
    public void Frequencies_MovedAndDisposed_LeaveNothingAlive() => Expect.NoLeak(() =>
    {
        using var features = new SinusoidalFeatures(Small, device: null);
        features.to(META);
    });

    // By reflection: the tensors in the fields of a module and of what it holds, its weights and its buffers.
    private static HashSet<Tensor> Tensors(nn.Module network)
    {
        var found = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        foreach (var part in network.modules().Prepend(network))
        {
            found.UnionWith(part.parameters());
            found.UnionWith(part.buffers(recurse: true, include_nonpersistent: true));
            Visit(part);
        }
        return found;

        void Visit(object? value)
        {
            if (value is Tensor tensor)
                found.Add(tensor);
            else if (value is System.Collections.IEnumerable items and not string)
                foreach (var item in items)
                    Visit(item);
            else if (value is not null && IsOurs(value.GetType()) && !value.GetType().IsValueType && seen.Add(value))
                for (var type = value.GetType(); type is not null && IsOurs(type); type = type.BaseType)
                    foreach (var field in type.GetFields(
                BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly))
                        Visit(field.GetValue(value));
        }

        static bool IsOurs(Type type) => type.Namespace?.Split('.')[0] == nameof(Ddpm);
    }
}
