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

    [TestCase(ScalarType.Float16, 1e-3)]
    [TestCase(ScalarType.BFloat16, 1e-2)]
    [TestCase(ScalarType.Float64, 0)]
    public void Load_OfAnotherPrecision_Converts(ScalarType type, double tolerance)
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using UNet network = new(Options), expected = UNetTests.Randomised(Options);
        UNetWeights.Load(network, Write(folder, state =>
        {
            foreach (var name in state.Keys)
                state[name] = state[name].to(type);
        }));
        foreach (var (name, weight) in network.state_dict())
            Expect.Close(weight, expected.state_dict()[name], tolerance);
    }

    [Test]
    public void Load_ThatFails_NamesTheRuleAndChangesNothing()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var network = new UNet(Options, seed: 4);
        var before = network.state_dict().ToDictionary(weight => weight.Key, weight => weight.Value.clone());
        foreach (var (change, rule) in new (Action<Dictionary<string, Tensor>>, string)[]
        {
            (state => state.Remove("mid_block.resnets.0.conv1.weight"), "'mid_block.resnets.0.conv1.weight' is missing"),
            (state => state["extra"] = zeros(2), "the first is 'extra'"),
            (state => state["conv_out.weight"] = zeros(3, 32, 3, 3), "'conv_out.weight' must be [3, 16, 3, 3], but is [3, 32, 3, 3]"),
            (state => state["conv_out.bias"] = zeros(3, ScalarType.Int64), "floating-point"),
            (state => { state.Clear(); state["a"] = zeros(1); }, "names must be those of a known network"),
        })
        {
            Assert.That(() => UNetWeights.Load(network, Write(folder, change)), Throws.TypeOf<DataFormatException>().With.Message.Contains(rule).And.Message.Contains("weights.safetensors"));
            foreach (var (name, weight) in network.state_dict())
                Expect.Same(weight, before[name]);
        }
    }

    [Test]
    public void ReferenceNames_OfTheReferenceNetwork_AreThoseOfItsFile()
    {
        using var network = new UNet(UNetOptions.ReferencePrograms with { Channels = 8, Groups = 4 });
        using var file = SafetensorsFile.Open(Shared.Golden("seed/model.safetensors"));
        Assert.That(network.state_dict().Keys.Select(ReferenceProgramsLayout.Instance.NameOf), Is.EquivalentTo(file.Entries.Select(entry => entry.Name)));
    }
}
