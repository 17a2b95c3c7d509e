using System.Numerics;

namespace Ddpm.Formats;

/// <summary>The container before PyTorch 1.6: five pickles (mark, version, machine, the object, keys of storages), then the storages.</summary>
internal static class PytorchLegacy
{
    private const long Version = 1001;
    private static readonly BigInteger Mark = BigInteger.Parse("119547037146038801333356", System.Globalization.CultureInfo.InvariantCulture);

    internal static PytorchContent Read(RandomAccessFile file)
    {
        var input = new FileCursor(file, 0, file.Length);
        var objects = new PytorchObjects(input, legacy: true);
        object Next() => new PickleMachine(input, objects).Run();
        if (Next() is not BigInteger mark || mark != Mark)
            throw input.Refuse("this is a pickle, but not one of PyTorch's: its mark is missing");
        if (Next() is not Version)
            throw input.Refuse($"only version {Version} of the older format is known");
        Next();    // The machine that wrote it. Its byte order is said here and may be big; the data is little-endian all the same.
        var root = Next();
        if (Next() is not List<object> keys || keys.Count != objects.Storages.Count)
            throw input.Refuse($"the list of storages must name each of the {objects.Storages.Count} that the object speaks of");
        foreach (var key in keys)
        {
            input.Begin();
            if (key is not string name || !objects.Storages.TryGetValue(name, out var storage) || storage.Offset >= 0)
                throw input.Refuse($"storage {Quote.Of($"{key}")} must be one that the object speaks of, once");
            if (input.UInt64() is var count && count != (ulong)storage.Count)
                throw input.Refuse($"storage {name} must have {storage.Count} values, but has {count}");
            storage.Offset = input.Position;
            input.Skip(storage.Bytes);
        }
        input.Begin();
        if (input.Left != 0)
            throw input.Refuse($"the file must end here, but {input.Left} bytes follow");
        return new PytorchContent(root, BigEndian: false, objects.Others);
    }
}
