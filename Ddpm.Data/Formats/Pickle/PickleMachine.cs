using System.Buffers.Binary;
using System.Numerics;

namespace Ddpm.Formats;

/// <summary>
/// Reads one pickle of protocol 2, as PyTorch writes them. A pickle is a program: this machine knows only the operations that build numbers, text
/// and containers, and asks <see cref="IPickleObjects"/> for everything else. What is done to something that is not known
/// (<see cref="PickleOpaque"/>) gives something that is not known. Its time and memory are bounded.
/// </summary>
internal sealed class PickleMachine(FileCursor input, IPickleObjects objects)
{
    internal const long MaxBytes = 64 << 20;
    private const int Protocol = 2, MaxOperations = 1_000_000, MaxObjects = 200_000, MaxItems = 200_000, MaxText = 16 << 20, MaxName = 256;
    private static readonly object True = true, False = false;
    private static readonly object[] SmallNumbers = [.. Enumerable.Range(0, 256).Select(number => (object)(long)number)];

    private readonly PickleStack stack = new(input);
    private readonly PickleMemo memo = new();
    private int made, items;

    /// <summary>Runs up to the end of the pickle; what follows it stays unread.</summary>
    internal object Run()
    {
        input.Begin();
        var limit = input.Position + MaxBytes;
        if (input.Byte() != 0x80 || input.Byte() is not Protocol and var protocol)
            throw input.Refuse($"a pickle of protocol {Protocol} must begin here");
        for (var operations = 0; operations < MaxOperations && input.Position < limit; operations++)
        {
            input.Begin();
            var operation = input.Byte();
            if (operation == '.')
                return stack.Result();
            Do(operation);
        }
        input.Begin();
        throw input.Refuse($"a pickle may have at most {MaxOperations} operations and {MaxBytes} bytes");
    }

    private void Do(byte operation)
    {
        switch (operation)
        {
            case (byte)'(': stack.Mark(); break;
            case (byte)'N': stack.Push(PickleNone.Value); break;
            case 0x88: stack.Push(True); break;
            case 0x89: stack.Push(False); break;
            case (byte)'K': stack.Push(SmallNumbers[input.Byte()]); break;
            case (byte)'M': stack.Push((long)input.UInt16()); break;
            case (byte)'J': stack.Push((long)(int)input.UInt32()); break;
            case 0x8A: PushLong(new BigInteger(input.Take(input.Byte()))); break;
            case (byte)'G': stack.Push(BinaryPrimitives.ReadDoubleBigEndian(input.Take(8))); break;
            case (byte)'U': stack.Push(input.Text(input.Byte())); break;
            case (byte)'X' or (byte)'T': stack.Push(Text(input.UInt32())); break;
            case (byte)')': stack.Push(Array.Empty<object>()); break;
            case (byte)']': stack.Push(Made(new List<object>())); break;
            case (byte)'}': stack.Push(Made(new PickleDictionary(ordered: false))); break;
            case (byte)'t': stack.Push(Made(stack.PopToMark())); break;
            case 0x85 or 0x86 or 0x87: stack.Push(Made(stack.Pop(operation - 0x84))); break;
            case (byte)'a': Append([stack.Pop()]); break;
            case (byte)'e': Append(stack.PopToMark()); break;
            case (byte)'s': SetItems(stack.Pop(2)); break;
            case (byte)'u': SetItems(stack.PopToMark()); break;
            case (byte)'q': Remember(input.Byte()); break;
            case (byte)'r': Remember(input.UInt32()); break;
            case (byte)'h': stack.Push(Recall(input.Byte())); break;
            case (byte)'j': stack.Push(Recall(input.UInt32())); break;
            case (byte)'c': stack.Push(Made(objects.Global(Name(), Name()))); break;
            case (byte)'0': stack.Pop(); break;
            case (byte)'1': stack.PopToMark(); break;
            case (byte)'R': Call(); break;
            case 0x81: New(); break;
            case (byte)'b': Build(); break;
            case (byte)'Q': stack.Push(objects.Persistent(stack.Pop())); break;
            default: throw input.Refuse($"pickle operation 0x{operation:X2} is not allowed in weights: such a file must be run to be read");
        }
    }

    /// <summary>Adds pairs to a dictionary; keys are simple and occur once. What lies under a tuple or something not known is passed over.</summary>
    internal static void Add(FileCursor input, PickleDictionary dictionary, object key, object value)
    {
        if (PickleKeys.HasNoName(key))
        {
            dictionary.LacksItems = true;
            return;
        }
        if (!PickleKeys.Allows(key))
            throw input.Refuse("a key must be text, a number, a truth value, None or a tuple");
        if (!dictionary.TryAdd(key, value))
            throw input.Refuse($"key {Quote.Of($"{key}")} may occur only once");
    }

    private void PushLong(BigInteger number)
    {
        if (number >= long.MinValue && number <= long.MaxValue)
            stack.Push((long)number);
        else
            stack.Push(number);
    }

    private string Text(uint bytes) =>
        bytes <= MaxText ? input.Text((int)bytes) : throw input.Refuse($"text may have at most {MaxText} bytes, but has {bytes}");

    // One line of a global.
    private string Name()
    {
        Span<byte> name = stackalloc byte[MaxName];
        for (var i = 0; i <= MaxName; i++)
        {
            var value = input.Byte();
            if (value == '\n')
                return Name(name[..i]);
            if (i < MaxName)
                name[i] = value;
        }
        throw input.Refuse($"a global's module and name may have at most {MaxName} bytes each");
    }

    private string Name(ReadOnlySpan<byte> bytes) =>
        bytes.ContainsAnyExceptInRange((byte)'!', (byte)'~')
            ? throw input.Refuse("a global's name must be plain ASCII")
            : FileCursor.StrictUtf8.GetString(bytes);

    private T Made<T>(T value)
    {
        if (++made > MaxObjects)
            throw input.Refuse($"a pickle may make at most {MaxObjects} containers, calls and globals");
        return value;
    }

    private void Append(object[] values)
    {
        if (Target(() => new List<object>()) is not List<object> list)
            throw input.Refuse("only a list may be appended to");
        list.AddRange(values);
    }

    private void SetItems(object[] pairs)
    {
        if (Target(() => new PickleDictionary(ordered: false)) is not PickleDictionary dictionary || pairs.Length % 2 != 0)
            throw input.Refuse("only a dictionary may be given items, and they come in pairs");
        Count(pairs.Length / 2);
        for (var i = 0; i < pairs.Length; i += 2)
            Add(input, dictionary, pairs[i], pairs[i + 1]);
    }

    // What is on top of the stack, or what it holds: a class derived from dict or list is filled as they are.
    private object Target(Func<object> newContents) =>
        stack.Peek() is PickleOpaque opaque ? opaque.Contents ??= Made(newContents()) : stack.Peek();

    private void Count(int added)
    {
        items += added;
        if (items > MaxItems)
            throw input.Refuse($"the dictionaries and sets of a pickle may have at most {MaxItems} items");
    }

    private void Remember(uint index)
    {
        if (index >= PickleMemo.MaxIndex)
            throw input.Refuse($"a pickle's memo may have at most {PickleMemo.MaxIndex} places, but {index} is asked for");
        memo[(int)index] = stack.Peek();
    }

    private object Recall(uint index) =>
        (index < PickleMemo.MaxIndex ? memo[(int)index] : null) ?? throw input.Refuse($"there is nothing in place {index} of the memo");

    private void Call()
    {
        var (arguments, function) = (stack.Pop(), stack.Pop());
        if (function is PickleOpaque { Name: var name })
        {
            stack.Push(Made(new PickleOpaque(name)));
            return;
        }
        if (arguments is not object[] tuple)
            throw input.Refuse("a call's arguments must be a tuple");
        // Dictionaries and sets are made of lists, and a list can be handed over any number of times.
        foreach (var argument in tuple)
            Count((argument as List<object>)?.Count ?? 0);
        stack.Push(Made(objects.Call(function, tuple)));
    }

    // An object made without a call: only what is not known is made so.
    private void New()
    {
        var (_, type) = (stack.Pop(), stack.Pop());
        stack.Push(type is PickleOpaque { Name: var name }
            ? Made(new PickleOpaque(name))
            : throw input.Refuse("only classes that are not known may be made into objects"));
    }

    // State set on an object after its making: what is not known loses it; else only the version notes that modules add to their dictionary.
    private void Build()
    {
        var state = stack.Pop();
        if (stack.Peek() is not PickleOpaque
            && (state is not PickleDictionary { Items: [{ Key: "_metadata", Value: PickleDictionary }] }
                || stack.Peek() is not PickleDictionary { Ordered: true }))
            throw input.Refuse("only an OrderedDict may be given state, and only _metadata");
    }
}
