using System.Reflection;
using System.Reflection.Emit;

namespace Ddpm.Tests.Architecture;

/// <summary>Which method calls which, by their compiled code.</summary>
internal static class MethodCalls
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<ushort, OpCode> Codes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => (ushort)code.Value);

    /// <summary>All methods and constructors of an assembly that have code.</summary>
    internal static IEnumerable<MethodBase> In(Assembly assembly) => assembly.GetTypes()
        .SelectMany(type => type.GetMethods(All).Concat<MethodBase>(type.GetConstructors(All)))
        .Where(method => method.GetMethodBody() is not null);

    /// <summary>The methods that one calls or makes a delegate of, generic ones as they are declared.</summary>
    internal static IEnumerable<MethodBase> Of(MethodBase caller)
    {
        var code = caller.GetMethodBody()!.GetILAsByteArray()!;
        for (var at = 0; at < code.Length;)
        {
            var first = code[at++];
            var operation = Codes[first == 0xFE ? (ushort)(0xFE00 | code[at++]) : first];
            if (operation.OperandType == OperandType.InlineMethod)
                yield return Declared(Resolve(caller, BitConverter.ToInt32(code, at)));
            at += operation.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(code, at),
                _ => 4,
            };
        }
    }

    private static MethodBase Resolve(MethodBase caller, int token) => caller.Module.ResolveMethod(
        token, caller.DeclaringType!.GetGenericArguments(), caller.IsGenericMethod ? caller.GetGenericArguments() : null)!;

    private static MethodBase Declared(MethodBase method) => method.DeclaringType is { IsConstructedGenericType: true } or null || method.IsGenericMethod
        ? method.Module.ResolveMethod(method.MetadataToken)!
        : method;
}
