using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models;

public class UNetWeightsTests
{
    private static readonly UNetOptions Options = UNetOptions.Tiny with { Channels = 16 };

    private static string Write(TemporaryFolder folder, Action<Dictionary<string, Tensor>> change)
    {
        using var scope = NewDisposeScope();
        using var network = UNetTests.Randomised(Options);
        var state = network.state_dict();
        change(state);
        var path = folder.File("weights.safetensors");
        SafetensorsWriter.Write(path, state);
        return path;
    }

    private static UNet Load(string path)
    {
        using var file = CheckpointFile.Open(path, new());
        return UNetWeights.Load(Options, file.Weights, new());
    }

    [TestCase(ScalarType.Float16, 1e-3)]
    [TestCase(ScalarType.BFloat16, 1e-2)]
    [TestCase(ScalarType.Float64, 0)]
    public void Load_OfAnotherPrecision_Converts(ScalarType type, double tolerance)
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var expected = UNetTests.Randomised(Options);
        using var network = Load(Write(folder, state =>
        {
            foreach (var name in state.Keys)
                state[name] = state[name].to(type);
        }));
        foreach (var (name, weight) in network.state_dict())
            Expect.Close(weight, expected.state_dict()[name], tolerance);
    }

    private static readonly (Action<Dictionary<string, Tensor>> Change, string Rule)[] Faults =
    [
        (state => state.Remove("mid_block.resnets.0.conv1.weight"), "1 is missing: mid_block.resnets.0.conv1.weight"),
        (state => state["extra"] = zeros(2), "1 is not of this network: extra"),
        (state => state["conv_out.weight"] = zeros(3, 32, 3, 3), "conv_out.weight [3, 32, 3, 3] instead of [3, 16, 3, 3]"),
        (state => state["conv_out.bias"] = zeros(3, ScalarType.Int64), "floating-point"),
        (state => state["module.conv_out.bias"] = zeros(3), "module."),
        (state => state["down_blocks.99.resnets.0.conv1.weight"] = zeros(3), "at most 16 levels"),
        (state => { state.Clear(); state["a"] = zeros(1); }, "names must be those of a known network"),
    ];

    [Test]
    public void Load_OfWrongWeights_NamesThemAll()
    {
        using var folder = new TemporaryFolder();
        foreach (var (change, rule) in Faults)
            Assert.That(() => Load(Write(folder, change)),
                Throws.TypeOf<DataFormatException>().With.Message.Contains(rule).And.Message.Contains("weights.safetensors"));
        Assert.That(
            () => Load(Write(folder, state =>
            {
                foreach (var name in state.Keys.Where(name => name.StartsWith("mid_block.resnets.0", StringComparison.Ordinal)))
                    state.Remove(name);
                state["a"] = zeros(1);
                state["b"] = zeros(1);
            })),
            Throws.TypeOf<DataFormatException>().With.Message.Contains("10 are missing: mid_block.resnets.0.")
                .And.Message.Contains("2 are not of this network: a, b"));
    }

    // Whoever listens to warnings does not thereby allow what only a pipeline may hold.
    [Test]
    public void Load_OfAFileThatHoldsMore_IsRefusedWhoeverListens()
    {
        using var folder = new TemporaryFolder();
        var told = new List<string>();
        using var file = CheckpointFile.Open(Write(folder, state => state["extra"] = zeros(2)), new());
        Assert.That(() => UNetWeights.Load(Options, file.Weights, new() { Warnings = new Direct<string>(told.Add) }),
            Throws.TypeOf<DataFormatException>().With.Message.Contains("1 is not of this network: extra"));
        Assert.That(told, Is.Empty);
    }

    [Test]
    public void ReferenceNames_OfTheReferenceNetwork_AreThoseOfItsFile()
    {
        using var network = new UNet(UNetOptions.ReferencePrograms with { Channels = 8, Groups = 4 }, META);
        using var file = SafetensorsFile.Open(Recordings.At("seed/model.safetensors"));
        var theirs = Layouts.ReferencePrograms.Names.All(6, 2).ToDictionary(pair => pair.Ours, pair => pair.Theirs);
        Assert.That(network.state_dict().Keys.Select(name => theirs[name]),
            Is.EquivalentTo(file.Dictionaries[0].Entries.Select(entry => entry.Name)));
    }
}
