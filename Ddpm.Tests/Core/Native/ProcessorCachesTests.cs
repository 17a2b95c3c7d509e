namespace Ddpm.Tests.Core.Native;

/// <summary>What processors answer to CPUID: EAX, EBX and ECX by leaf and subleaf.</summary>
public class ProcessorCachesTests
{
    private const uint Amd = 0x8000001D, Extended = 0x80000000;

    private static bool AreHidden(Dictionary<(uint Leaf, int Subleaf), (uint, uint, uint)> answers) =>
        ProcessorCaches.FindHidden((leaf, subleaf) => answers.GetValueOrDefault((unchecked((uint)leaf), subleaf)));

    // As read on an AMD EPYC of the fourth generation: 32 KiB, 8 ways of 64 lines of 64 bytes. Leaf 4, Intel's, is empty there.
    [Test]
    public void AmdThatListsItsCaches_DoesNotHideThem() => Assert.That(AreHidden(new()
    {
        [(0, 0)] = (0x1C, 0, 0),
        [(Extended, 0)] = (0x80000021, 0, 0),
        [(Amd, 0)] = (0x121, 0x01C0003F, 0x3F),
        [(Amd, 1)] = (0x122, 0x01C0003F, 0x3F),
        [(Amd, 2)] = (0x143, 0x01C0003F, 0x7FF),
    }), Is.False);

    // As seen on a virtual machine with an AMD Zen 5, where convolutions were wrong.
    [Test]
    public void AmdWithAnEmptyList_HidesThem() =>
        Assert.That(AreHidden(new() { [(0, 0)] = (0x1C, 0, 0), [(Extended, 0)] = (0x80000021, 0, 0) }), Is.True);

    // 48 KiB: 12 ways of 64 lines of 64 bytes; instructions come first or second.
    [Test]
    public void IntelThatListsItsCaches_DoesNotHideThem([Values] bool instructionsFirst)
    {
        var (data, instructions) = ((0x1C004121u, 0x02C0003Fu, 0x3Fu), (0x1C004122u, 0x01C0003Fu, 0x3Fu));
        Assert.That(AreHidden(new()
        {
            [(0, 0)] = (0x1B, 0, 0),
            [(Extended, 0)] = (0x80000008, 0, 0),
            [(4, 0)] = instructionsFirst ? instructions : data,
            [(4, 1)] = instructionsFirst ? data : instructions,
        }), Is.False);
    }

    // A list whose sizes are left out says one byte each.
    [Test]
    public void ListOfCachesOfOneByte_HidesThem() => Assert.That(AreHidden(new()
    {
        [(0, 0)] = (0x1B, 0, 0), [(4, 0)] = (0x21, 0, 0), [(4, 1)] = (0x43, 0, 0),
    }), Is.True);

    [Test]
    public void ProcessorOfTooOldLeaves_HidesThem() => Assert.That(AreHidden(new() { [(0, 0)] = (2, 0, 0) }), Is.True);
}
