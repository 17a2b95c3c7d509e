using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models;

public class UNetTests
{
    private static readonly object[] Presets =
    [
        new object[] { UNetOptions.Cifar10, 35_746_307L },
        new object[] { UNetOptions.ReferencePrograms, 109_731_712L },
        new object[] { UNetOptions.Small, 1_624_323L },
        new object[] { UNetOptions.Tiny, 702_499L },
    ];

    // The first two are published; the others guard our own presets.
    [TestCaseSource(nameof(Presets))]
    public void Parameters_OfAPreset_AreExactlySoMany(UNetOptions options, long expected)
    {
        using var network = new UNet(options);
        Assert.That(network.parameters().Sum(parameter => parameter.numel()), Is.EqualTo(expected));
    }

    [Test]
    public void StateDictionary_OfTheReferencePreset_Has444Entries()
    {
        using var network = new UNet(UNetOptions.ReferencePrograms);
        Assert.That(network.state_dict(), Has.Count.EqualTo(444));
    }
}
