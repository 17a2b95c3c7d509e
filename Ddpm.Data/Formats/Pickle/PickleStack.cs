using System.Runtime.InteropServices;

namespace Ddpm.Formats;

/// <summary>The stack of a pickle. Nothing below the newest mark can be reached.</summary>
internal sealed class PickleStack(FileCursor input)
{
    // Python's pickler opens a mark for each level of nested objects, and gives up at its limit of recursion, 1,000 by default.
    private const int MaxValues = 65_536, MaxMarks = 1024;

    private readonly List<object> values = [];
    private readonly Stack<int> marks = [];

    private int Floor => marks.TryPeek(out var mark) ? mark : 0;

    internal void Push(object value)
    {
        if (values.Count == MaxValues)
            throw input.Refuse($"a pickle's stack may hold at most {MaxValues} values");
        values.Add(value);
    }

    internal void Mark()
    {
        if (marks.Count == MaxMarks)
            throw input.Refuse($"a pickle may hold at most {MaxMarks} marks at a time");
        marks.Push(values.Count);
    }

    internal object Peek() => values.Count > Floor ? values[^1] : throw input.Refuse("a pickle may not take more from its stack than there is");

    internal object Pop()
    {
        var value = Peek();
        values.RemoveAt(values.Count - 1);
        return value;
    }

    /// <summary>The last <paramref name="count"/> values, in their order.</summary>
    internal object[] Pop(int count)
    {
        var popped = new object[count];
        while (count > 0)
            popped[--count] = Pop();
        return popped;
    }

    /// <summary>The values above the newest mark, which goes with them.</summary>
    internal object[] PopToMark()
    {
        if (!marks.TryPop(out var mark))
            throw input.Refuse("a pickle may not take up to a mark that is not there");
        var popped = CollectionsMarshal.AsSpan(values)[mark..].ToArray();
        values.RemoveRange(mark, popped.Length);
        return popped;
    }

    /// <summary>The result: the only value, without a mark.</summary>
    internal object Result() =>
        values.Count == 1 && marks.Count == 0 ? values[0] : throw input.Refuse($"a pickle must end with one value, but {values.Count} are left");
}
