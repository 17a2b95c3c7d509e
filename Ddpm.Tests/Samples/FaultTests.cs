using System.Runtime.InteropServices;
using Ddpm.Samples;
using static TorchSharp.torch;

namespace Ddpm.Tests.Samples;

public class FaultTests
{
    [Test]
    public void Line_OfNativeMemory_SaysSoWithoutTheNativeStack()
    {
        var fault = Assert.Catch<ExternalException>(() => empty(1L << 50).Dispose())!;
        Assert.That(Fault.Line(fault), Does.StartWith("There is not enough memory").And.Not.Contain('\n').And.Not.Contain("frame #"));
    }

    [Test]
    public void Line_OfANativeFault_IsItsFirstLine()
    {
        using var left = ones(2);
        using var right = ones(3);
        var fault = Assert.Catch<ExternalException>(() => (left + right).Dispose())!;
        Assert.That(Fault.Line(fault), Does.StartWith("libtorch: The size of tensor a").And.Not.Contain('\n').And.Not.Contain("frame #"));
    }

    [Test]
    public void Line_OfManagedMemory_SaysSo() =>
        Assert.That(Fault.Line(new InsufficientMemoryException("Array dimensions exceeded.")), Does.StartWith("There is not enough memory"));

    [Test]
    public void Line_OfAFaultInside_IsThatFaults()
    {
        var inner = new IOException("The disk\r\n\tis full.");
        Assert.That(Fault.Line(new AggregateException(new TypeInitializationException("T", inner))), Is.EqualTo("The disk is full."));
    }

    [Test]
    public void Line_OfAnArgument_LeavesItsNameInTheProgramOut() =>
        Assert.That(Fault.Line(new ArgumentException("Labels must fit.", "labels")), Is.EqualTo("Labels must fit."));

    [Test]
    public void Line_OfWhatNobodyForesaw_HasItsType() =>
        Assert.That(Fault.Line(new NotImplementedException("later\nnow")), Is.EqualTo("NotImplementedException: later"));
}
