using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Ddpm.Formats;

/// <summary>The checksum of zip files (polynomial 0xEDB88320, reflected).</summary>
internal struct Crc32()
{
    private const int Slices = 8, BufferBytes = 1 << 16, Block = 16;
    private static readonly uint[] Table = NewTable();

    // x^(n+32) and x^(n-32) modulo the polynomial, reflected: they carry a remainder over n = 512 and n = 128 bits.
    // Gopal et al., Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction, Intel 2009.
    private static readonly Vector128<ulong> Over512 = Vector128.Create(0x1_5444_2BD4UL, 0x1_C6E4_1596UL);
    private static readonly Vector128<ulong> Over128 = Vector128.Create(0x1_7519_97D0UL, 0x0_CCAA_009EUL);

    private uint state = uint.MaxValue;

    public readonly uint Value => ~state;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (Pclmulqdq.IsSupported && BitConverter.IsLittleEndian && bytes.Length >= 8 * Block)
            Fold(ref bytes);
        AddEight(bytes);
    }

    /// <summary>Refuses bytes that do not have the checksum which the file says.</summary>
    /// <param name="expected">The checksum as the file says.</param>
    /// <param name="file">The file.</param>
    /// <param name="start">Where the bytes begin.</param>
    internal readonly void Expect(uint expected, RandomAccessFile file, long start)
    {
        if (Value != expected)
            throw new DataFormatException(
                file.Path, start, $"the bytes from here on must have checksum {expected:X8}, but have {Value:X8}: they are damaged");
    }

    /// <summary>Reads a stretch of a file to check it.</summary>
    internal static void Check(RandomAccessFile file, long start, long length, uint expected)
    {
        var crc = new Crc32();
        var buffer = new byte[(int)Math.Min(BufferBytes, length)];
        for (long done = 0; done < length; done += buffer.Length)
        {
            var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - done));
            file.Read(start + done, part);
            crc.Add(part);
        }
        crc.Expect(expected, file, start);
    }

    // Eight bytes at a time, by table.
    internal void AddEight(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<uint> table = Table;
        var crc = state;
        for (; bytes.Length >= Slices; bytes = bytes[Slices..])
        {
            var low = crc ^ BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            var high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = table[7 * 256 + (byte)low] ^ table[6 * 256 + (byte)(low >> 8)]
                ^ table[5 * 256 + (byte)(low >> 16)] ^ table[4 * 256 + (int)(low >> 24)]
                ^ table[3 * 256 + (byte)high] ^ table[2 * 256 + (byte)(high >> 8)]
                ^ table[256 + (byte)(high >> 16)] ^ table[(int)(high >> 24)];
        }
        foreach (var value in bytes)
            crc = table[(byte)crc ^ value] ^ (crc >> 8);
        state = crc;
    }

    // Sixty-four bytes at a time, in four remainders side by side, which become one; that one takes the place of the bytes.
    private void Fold(ref ReadOnlySpan<byte> bytes)
    {
        var blocks = MemoryMarshal.Cast<byte, Vector128<ulong>>(bytes);
        bytes = bytes[(blocks.Length / 4 * 4 * Block)..];
        var (a, b, c, d) = (blocks[0] ^ Vector128.CreateScalar((ulong)state), blocks[1], blocks[2], blocks[3]);
        for (blocks = blocks[4..]; blocks.Length >= 4; blocks = blocks[4..])
        {
            a = Carry(a, Over512) ^ blocks[0];
            b = Carry(b, Over512) ^ blocks[1];
            c = Carry(c, Over512) ^ blocks[2];
            d = Carry(d, Over512) ^ blocks[3];
        }
        var rest = Carry(Carry(Carry(a, Over128) ^ b, Over128) ^ c, Over128) ^ d;
        state = 0;
        AddEight(MemoryMarshal.AsBytes(new ReadOnlySpan<Vector128<ulong>>(in rest)));
    }

    private static Vector128<ulong> Carry(Vector128<ulong> remainder, Vector128<ulong> over) =>
        Pclmulqdq.CarrylessMultiply(remainder, over, 0x00) ^ Pclmulqdq.CarrylessMultiply(remainder, over, 0x11);

    // Entry s * 256 + b: what byte b does to the remainder when s more bytes follow it.
    private static uint[] NewTable()
    {
        var table = new uint[Slices * 256];
        for (uint value = 0; value < 256; value++)
        {
            var crc = value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
            table[value] = crc;
        }
        for (var i = 256; i < table.Length; i++)
            table[i] = table[(byte)table[i - 256]] ^ table[i - 256] >> 8;
        return table;
    }
}
