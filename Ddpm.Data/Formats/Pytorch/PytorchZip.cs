using System.Globalization;

namespace Ddpm.Formats;

/// <summary>The container of PyTorch 1.6 and later: a zip file of a pickle, a record a storage, and a few notes.</summary>
internal sealed class PytorchZip
{
    private const string Pickle = "data.pkl", Version = "version", ByteOrder = "byteorder", Data = "data/";
    private const int LargestNote = 16, MaxVersion = 10;

    private readonly RandomAccessFile file;
    private readonly string prefix;
    private readonly Dictionary<string, ZipRecord> records;

    private PytorchZip(RandomAccessFile file)
    {
        this.file = file;
        var all = ZipDirectory.Read(file, ZipRules.Stored);
        prefix = all[0].Name[..(all[0].Name.IndexOf('/', StringComparison.Ordinal) + 1)];
        if (prefix.Length == 0 || all.FirstOrDefault(record => !record.Name.StartsWith(prefix, StringComparison.Ordinal)) is not null)
            throw new DataFormatException(file.Path, 0, "the records of a PyTorch file must all lie in one folder");
        records = all.ToDictionary(record => record.Name[prefix.Length..], StringComparer.Ordinal);
    }

    internal static PytorchContent Read(RandomAccessFile file) => new PytorchZip(file).Read();

    private PytorchContent Read()
    {
        var version = Note(Version) ?? throw new DataFormatException(file.Path, 0, $"a PyTorch file must have the record {prefix}{Version}");
        if (!int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > MaxVersion)
            throw new DataFormatException(file.Path, records[Version].Offset, $"the version must be in 1..{MaxVersion}, but is {Quote.Of(version)}");
        var order = Note(ByteOrder) ?? "little";
        if (order is not ("little" or "big"))
            throw new DataFormatException(file.Path, records[ByteOrder].Offset, $"the byte order must be little or big, but is {Quote.Of(order)}");
        return ReadObject(order == "big");
    }

    private PytorchContent ReadObject(bool bigEndian)
    {
        if (!records.TryGetValue(Pickle, out var pickle) || pickle.Length > PickleMachine.MaxBytes)
            throw new DataFormatException(
                file.Path, pickle?.Offset ?? 0, $"a PyTorch file must have the record {prefix}{Pickle} of at most {PickleMachine.MaxBytes} bytes");
        Check(pickle);
        var input = new FileCursor(file, pickle.Offset, pickle.Offset + pickle.Length);
        var objects = new PytorchObjects(input, legacy: false);
        var root = new PickleMachine(input, objects).Run();
        if (input.Left != 0)
            throw input.Refuse($"the pickle must fill its record, but {input.Left} bytes follow");
        foreach (var storage in objects.Storages.Values)
        {
            if (!records.TryGetValue(Data + storage.Key, out var record) || record.Length != storage.Bytes)
                throw new DataFormatException(
                    file.Path,
                    record?.Offset,
                    $"record {prefix}{Data}{storage.Key} must be there and have {storage.Bytes} bytes, but has {record?.Length ?? 0}");
            (storage.Offset, storage.UncheckedCrc) = (record.Offset, record.Crc);
        }
        return new PytorchContent(root, bigEndian, objects.Others);
    }

    // A short line of text; null if there is no such record.
    private string? Note(string name)
    {
        if (!records.TryGetValue(name, out var record))
            return null;
        if (record.Length > LargestNote)
            throw new DataFormatException(file.Path, record.Offset, $"record {name} may have at most {LargestNote} bytes, but has {record.Length}");
        Check(record);
        return new FileCursor(file, record.Offset, record.Offset + record.Length).Text((int)record.Length).TrimEnd('\n');
    }

    private void Check(ZipRecord record) => Checksum.Check(file, record.Offset, record.Length, record.Crc);
}
