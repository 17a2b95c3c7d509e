using System.Buffers.Binary;
using System.Text;

namespace Ddpm.Formats;

/// <summary>Begins to read a NumPy array (.npy), a file or a record of one.</summary>
internal static class NpyArray
{
    private const int Start = 8, MaxHeader = 65_536;

    private static ReadOnlySpan<byte> Mark => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads up to the values.</summary>
    /// <param name="file">Path of the file.</param>
    /// <param name="name">Which of its arrays; "" where there is one.</param>
    /// <param name="place">Where the array begins in the file.</param>
    /// <param name="bytes">The array; belongs to what is returned, and is disposed if it is refused.</param>
    /// <param name="length">How many bytes there are.</param>
    internal static ArrayInput Open(string file, string name, long place, Stream bytes, long length)
    {
        try
        {
            DataFormatException Refuse(string rule) => new(file, place, name.Length == 0 ? rule : $"array {Quote.Of(name)}: {rule}");
            byte[] Take(int count)
            {
                if (count > length)
                    throw Refuse($"{count} more bytes of a NumPy array are needed, but {length} are left");
                length -= count;
                var taken = new byte[count];
                bytes.ReadExactly(taken);
                return taken;
            }
            var start = Take(Start);
            if (!start.AsSpan().StartsWith(Mark) || start[6] is < 1 or > 3 || start[7] != 0)
                throw Refuse($"a NumPy array must start with 934E554D5059, 01 to 03 and 00, but starts with {Convert.ToHexString(start)}");
            var headerLength = start[6] == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(Take(2)) : BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
            if (headerLength > MaxHeader)
                throw Refuse($"the header of a NumPy array may have {MaxHeader} bytes, but has {headerLength}");
            // Whatever is not ASCII is refused by the header, in either encoding.
            var form = NpyHeader.Read(Encoding.Latin1.GetString(Take((int)headerLength)), Refuse);
            if (form.Bytes != length)
                throw Refuse($"the values of {form} must fill the rest of the array, which is {length} bytes");
            return new ArrayInput(file, name, place, form, bytes);
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }
}
