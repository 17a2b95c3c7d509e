namespace Ddpm.Tests.Core.Native;

public class LibtorchTests
{
    // By their names in the library: another version might have others. Windows mangles names in another way.
    [Test]
    [Platform(Exclude = "Win")]
    public void Switches_AreInThisLibtorch()
    {
        Assert.That(Libtorch.TrySwitch(Libtorch.DeterministicCudnn, on: true), Is.True);        // nothing here computes with cuDNN
        Assert.That(Libtorch.TrySwitch(Libtorch.DeterministicCudnn, on: false), Is.True);
        if (!ProcessorCaches.AreHidden)
            Assert.That(Libtorch.TrySwitch(Libtorch.OneDnn, on: true), Is.True);                // as it is
    }
}
