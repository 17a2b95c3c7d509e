using System.Globalization;

namespace Ddpm.Formats;

/// <summary>Reads the header of a NumPy array: a dictionary as Python writes it, by a tokenizer of its own; nothing is evaluated.</summary>
internal sealed class NpyHeader
{
    private readonly string text;
    private readonly Func<string, DataFormatException> refuse;
    private int at;

    private NpyHeader(string text, Func<string, DataFormatException> refuse) => (this.text, this.refuse) = (text, refuse);

    /// <summary>Reads all of a header, to its line feed.</summary>
    internal static ArrayForm Read(string text, Func<string, DataFormatException> refuse) => new NpyHeader(text, refuse).Read();

    private ArrayForm Read()
    {
        (NumberType Type, bool BigEndian)? type = null;
        bool? columnsFirst = null;
        List<long>? sizes = null;
        Expect('{');
        while (!Skip('}'))
        {
            var key = Quoted();
            Expect(':');
            switch (key)
            {
                case "descr" when type is null: type = Type(); break;
                case "fortran_order" when columnsFirst is null: columnsFirst = Truth(); break;
                case "shape" when sizes is null: sizes = Sizes(); break;
                default: throw Wrong($"the keys are descr, fortran_order and shape, each once, but one is {Quote.Of(key)}");
            }
            if (!Skip(',') && Peek() != '}')
                throw Wrong("a comma or the end of the dictionary must follow");
        }
        if (text[at..].TrimStart(' ') != "\n")
            throw Wrong("it must end with a line feed after the dictionary");
        return type is { } known && columnsFirst is { } order && sizes is not null
            ? new ArrayForm(known.Type, sizes, known.BigEndian, order)
            : throw Wrong("it must say descr, fortran_order and shape");
    }

    private (NumberType, bool) Type()
    {
        if (Peek() is '[' or '(')
            throw Wrong("arrays of records are not supported");
        var name = Quoted();
        var order = name.Length > 0 ? name[0] : ' ';
        NumberType? type = name.Length == 0 ? null : name[1..] switch
        {
            "b1" => NumberType.Bool,
            "i1" => NumberType.Int8,
            "u1" => NumberType.UInt8,
            _ when order == '|' => null,
            "i2" => NumberType.Int16,
            "u2" => NumberType.UInt16,
            "i4" => NumberType.Int32,
            "u4" => NumberType.UInt32,
            "i8" => NumberType.Int64,
            "u8" => NumberType.UInt64,
            "f2" => NumberType.Half,
            "f4" => NumberType.Single,
            "f8" => NumberType.Double,
            _ => null,
        };
        return type is { } known && order is '<' or '>' or '|'
            ? (known, order == '>')
            : throw Wrong($"numbers of 1, 2, 4 or 8 bytes are supported, but the array is of type {Quote.Of(name)}"
                + (name.EndsWith('O') ? ": Python's objects, which only Python could make again" : ""));
    }

    private bool Truth()
    {
        Peek();
        foreach (var (word, value) in new[] { ("True", true), ("False", false) })
            if (text.AsSpan(at).StartsWith(word))
            {
                at += word.Length;
                return value;
            }
        throw Wrong("fortran_order must be True or False");
    }

    // () is a single value, (3,) one axis.
    private List<long> Sizes()
    {
        var sizes = new List<long>();
        Expect('(');
        for (var comma = true; !Skip(')'); comma = Skip(','))
        {
            if (!comma)
                throw Wrong("sizes must be separated by commas");
            sizes.Add(Size());
            if (sizes.Count > ArrayForm.MaxAxes)
                throw Wrong($"an array may have {ArrayForm.MaxAxes} axes");
            if (sizes.Count == 1 && Peek() != ',')
                throw Wrong("a single size must have a comma after it");
        }
        return sizes;
    }

    private long Size()
    {
        Peek();
        var start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
            at++;
        var digits = text.AsSpan(start, at - start);
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var size) || (digits.Length > 1 && digits[0] == '0'))
            throw Wrong("a size must be a whole number below 2^63");
        // Python 2 marks long integers.
        if (at < text.Length && text[at] == 'L')
            at++;
        return size;
    }

    private string Quoted()
    {
        var quote = Peek();
        if (quote is not ('\'' or '"'))
            throw Wrong("a text in quotation marks must follow");
        var end = text.IndexOf(quote, at + 1);
        if (end < 0 || text.AsSpan(at, end - at).Contains('\\'))
            throw Wrong("a text must end with its quotation mark and have no backslash");
        var content = text[(at + 1)..end];
        at = end + 1;
        return content;
    }

    private void Expect(char character)
    {
        if (!Skip(character))
            throw Wrong($"\"{character}\" must follow");
    }

    private bool Skip(char character)
    {
        if (Peek() != character)
            return false;
        at++;
        return true;
    }

    // The next character that is no space; NUL at the end.
    private char Peek()
    {
        while (at < text.Length && text[at] == ' ')
            at++;
        return at < text.Length ? text[at] : '\0';
    }

    private DataFormatException Wrong(string rule) => refuse($"the header of a NumPy array is wrong at character {at}: {rule}");
}
