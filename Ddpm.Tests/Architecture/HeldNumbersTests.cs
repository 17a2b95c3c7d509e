using System.Reflection;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Architecture;

/// <summary>
/// The libraries call nothing of TorchSharp that makes a number which a collection may free while libtorch reads it; see <see cref="Arithmetic"/>.
/// The compiler refuses what one writes most (BannedSymbols.txt); this finds all, also after an update of TorchSharp.
/// </summary>
internal sealed class HeldNumbersTests
{
    // Given tensors alone, it makes no number.
    private static readonly string[] Harmless = ["TorchSharp.torch+jit+ScriptModule.forward"];

    private static readonly HashSet<MethodBase> Unheld = Find();

    [TestCase(typeof(INoiseSchedule))]
    [TestCase(typeof(Cifar10MatReader))]
    [TestCase(typeof(DiffusionBuilder))]
    public void ALibrary_CallsNothingThatFreesItsNumbers(Type library) => Assert.That(Calls(library.Assembly), Is.Empty);

    // This very method makes such a call, in the code that the compiler made of it.
    [Test]
    public void ACall_IsFound()
    {
        using var one = torch.ones(1);
        Tensor Doubled() => one * 2.0;
        using var two = Doubled();
        Assert.That(Calls(GetType().Assembly), Has.Some.Contains($"{nameof(HeldNumbersTests)}.<{nameof(ACall_IsFound)}>"));
    }

    [Test]
    public void WhatMakesANumberInside_IsFound()
    {
        var tensor = typeof(Tensor);
        Assert.Multiple(() =>
        {
            Assert.That(Unheld, Does.Contain(typeof(Scalar).GetMethod("op_Implicit", [typeof(double)])), "the number itself");
            Assert.That(Unheld, Does.Contain(tensor.GetMethod("op_Multiply", [tensor, typeof(double)])), "x * 2");
            Assert.That(Unheld, Does.Contain(tensor.GetMethod("op_Addition", [tensor, tensor])), "x + y");
            Assert.That(Unheld, Does.Contain(typeof(nn.functional).GetMethod(nameof(nn.functional.mish))), "through two calls");
            Assert.That(Unheld, Does.Contain(typeof(TorchSharp.Modules.Mish).GetConstructors(BindingFlags.Instance | BindingFlags.NonPublic)[0]), "a module");
            Assert.That(Unheld, Does.Not.Contain(tensor.GetMethod(nameof(Tensor.mul), [typeof(Scalar)])), "a number that is handed in");
            Assert.That(Unheld, Does.Not.Contain(tensor.GetMethod("op_Multiply", [tensor, tensor])), "no number");
        });
    }

    private static IEnumerable<string> Calls(Assembly library) =>
        from caller in MethodCalls.In(library)
        from called in MethodCalls.Of(caller)
        where Unheld.Contains(called) && !Harmless.Contains(Name(called))
        select $"{Name(caller)} calls {called.DeclaringType}.{called}";

    // Whatever turns a number into a Scalar, and whatever calls that; a type's overrides count as called by its constructors.
    private static HashSet<MethodBase> Find()
    {
        var methods = MethodCalls.In(typeof(Tensor).Assembly)
            .Where(method => method.DeclaringType != typeof(Scalar) && method.DeclaringType != typeof(ScalarExtensionMethods))
            .ToArray();
        var callers = methods.SelectMany(caller => MethodCalls.Of(caller).Concat(Overrides(caller)), (caller, called) => (caller, called))
            .ToLookup(call => call.called, call => call.caller);
        var conversions = typeof(Scalar).GetMethods().Where(method => method.Name == "op_Implicit").ToArray();
        var makers = conversions.Concat(typeof(ScalarExtensionMethods).GetMethods().Where(method => method.ReturnType == typeof(Scalar)));
        var unheld = new HashSet<MethodBase>(conversions);
        var next = new Queue<MethodBase>(makers);
        while (next.TryDequeue(out var called))
            foreach (var caller in callers[called].Where(unheld.Add))
                next.Enqueue(caller);
        return unheld;
    }

    private static IEnumerable<MethodBase> Overrides(MethodBase method) => method.IsConstructor && !method.IsStatic
        ? method.DeclaringType!.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(own => own.GetBaseDefinition() != own)
        : [];

    private static string Name(MethodBase method) => $"{method.DeclaringType}.{method.Name}";
}
