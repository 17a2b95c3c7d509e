using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models;

public class DeviceNamesTests
{
    private static DiffusionBuilder Builder => new DiffusionBuilder().WithUNet(UNetOptions.Tiny);

    [TestCase("cpu")]
    [TestCase("cpu:0")]
    public void WithDevice_OfTheProcessor_BuildsThere(string name)
    {
        using var model = Builder.WithDevice(name).Build();
        Assert.That(model.Device.type, Is.EqualTo(DeviceType.CPU));
    }

    [TestCase("cuda")]
    [TestCase("cuda:0")]
    [TestCase("cuda:99")]
    public void WithDevice_OfACudaDeviceThatIsNotThere_SaysSoWhenItIsBuilt(string name)
    {
        if (cuda.is_available() && name != "cuda:99")
            Assert.Ignore("This machine has a CUDA device.");
        var builder = Builder.WithDevice(name);
        Assert.That(builder.Build, Throws.TypeOf<DiffusionConfigurationException>().With.Message.Contains("CUDA").And.Message.Contains(name));
    }

    [Test]
    public void WithDevice_OfMpsWhereThereIsNone_SaysSoWhenItIsBuilt()
    {
        if (mps_is_available())
            Assert.Ignore("This machine has MPS.");
        Assert.That(Builder.WithDevice("mps").Build, Throws.TypeOf<DiffusionConfigurationException>().With.Message.Contains("MPS is not available"));
    }

    [TestCase("gpu")]
    [TestCase("CUDA")]
    [TestCase("cuda:")]
    [TestCase("cuda:-1")]
    [TestCase("cuda:one")]
    [TestCase("cuda:0:1")]
    [TestCase("cuda 0")]
    [TestCase(":0")]
    [TestCase(" cpu")]
    [TestCase("cuda:99999999999")]
    public void WithDevice_OfNoDevice_NamesTheRule(string name) =>
        Assert.That(() => Builder.WithDevice(name), Throws.ArgumentException.With.Message.Contains("cpu, cuda").And.Message.Contains($"'{name}'"));

    [Test]
    public void WithDevice_OfNothing_IsRefused()
    {
        Assert.That(() => Builder.WithDevice(""), Throws.ArgumentException);
        Assert.That(() => Builder.WithDevice((string)null!), Throws.ArgumentNullException);
        Assert.That(() => Builder.WithDevice((Device)null!), Throws.ArgumentNullException);
    }
}
