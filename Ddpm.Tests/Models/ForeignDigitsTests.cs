using TorchSharp;

namespace Ddpm.Tests.Models;

public class ForeignDigitsTests
{
    // Arabic-Indic digits are digits to a regular expression, and no numbers to .NET. Each name stands beside those that tell its layout.
    [TestCase("down_blocks.\u0661.resnets.\u0660.conv1.weight", "time_embedding.linear_1.weight", "conv_norm_out.weight")]
    [TestCase("encoder.resblock\u0661_\u0661.conv1.weight", "Proj.1.weight", "encoder.conv.weight")]
    [TestCase("down.\u0661.block.\u0660.conv1.weight", "temb.dense.0.weight", "down.0.block.0.conv1.weight")]
    [TestCase("input_blocks.\u0661.0.op.weight", "time_embed.0.weight", "input_blocks.0.0.weight", "output_blocks.0.0.in_layers.0.weight")]
    public void FromPretrained_WithOtherDigitsInAName_IsRefusedAsAnUnknownNetwork(params string[] names)
    {
        using var folder = new TemporaryFolder();
        using var scope = torch.NewDisposeScope();
        var path = folder.File("a.safetensors");
        SafetensorsWriter.Write(path, names.Select(name => KeyValuePair.Create(name, torch.zeros(1))));
        Assert.That(() => Diffusion.FromPretrained(path), Throws.TypeOf<DataFormatException>().Or.InstanceOf<ArgumentException>());
    }
}
