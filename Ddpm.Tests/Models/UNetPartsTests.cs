using static TorchSharp.torch;

namespace Ddpm.Tests.Models;

/// <summary>A network that lost its weights to trimming or native AOT says so; eng/check-package.sh publishes a trimmed application.</summary>
public class UNetPartsTests
{
    private static readonly UNetOptions[] Networks =
    [
        UNetOptions.Tiny,
        UNetOptions.Cifar10 with { Labels = new() { Kind = LabelKind.Timestep } },
        UNetOptions.Tiny with { Labels = new(), Time = new() { Kind = TimeEmbeddingKind.Fourier }, AttentionResolutions = [16] },
        UNetOptions.Tiny with { Middle = new() { Blocks = false }, Upsampling = [Resampling.Plain], Downsampling = [Resampling.ResidualBlock] },
    ];

    // A field is lost in every object of a class at once; whichever it is, its weights are missed.
    [Test]
    public void Check_WithoutTheWeightsBehindAField_NamesOne()
    {
        foreach (var options in Networks)
        {
            using var network = new UNet(options, META);
            string[] names = [.. network.named_parameters().Select(named => named.name)];
            Assert.That(() => UNetParts.Check(options, names), Throws.Nothing);
            Assert.That(() => UNetParts.Check(options, []),
                Throws.InvalidOperationException.With.Message.Contains("conv_in.weight").And.Message.Contains("of 0 that"));
            var types = network.named_modules().ToDictionary(named => named.name, named => named.module.GetType());
            types[""] = typeof(UNet);
            foreach (var field in names.SelectMany(name => Fields(name, types)).Distinct())
                Assert.That(() => UNetParts.Check(options, names.Where(name => !Fields(name, types).Contains(field))),
                    Throws.InvalidOperationException, field);
        }

        // down_blocks.0.resnets.1.conv1.weight → UNet.down_blocks, DownBlock.resnets, ResidualBlock.conv1, Conv2d.weight
        static IEnumerable<string> Fields(string name, Dictionary<string, Type> types)
        {
            var parts = name.Split('.');
            return from i in Enumerable.Range(0, parts.Length)
                   where !char.IsDigit(parts[i][0])
                   select $"{types[string.Join('.', parts[..i])].Name}.{parts[i]}";
        }
    }
}
