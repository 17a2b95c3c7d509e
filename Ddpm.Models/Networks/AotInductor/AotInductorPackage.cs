using System.Text.Json;
using Ddpm.Formats;

namespace Ddpm.Networks;

/// <summary>
/// What can be told of a file of <c>torch._inductor.aoti_compile_and_package</c> before its code is loaded: a zip file with a compiled library and a
/// description in the folder of a model. libtorch's own loader looks at no checksum, reads beyond its list for a file of one record, and starts a
/// compiler, by a command that the file says, where there is no library.
/// </summary>
internal static class AotInductorPackage
{
    private const string Folder = "data/aotinductor/model/", DeviceKey = "AOTI_DEVICE_KEY";
    private const int LongestDescription = 1 << 20;

    /// <summary>The kind of device that the package was compiled for, as it says: cpu, cuda.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DataFormatException">It is no such package.</exception>
    internal static string DeviceOf(string path)
    {
        using var file = RandomAccessFile.Open(path);
        var records = ZipDirectory.Read(file, ZipRules.Archive);
        var model = records.Where(record => IsOfModel(record.Name)).ToArray();
        if (records.Count < 2 || model.Length == 0)
            throw Refuse($"an AOTInductor package must hold {Folder}, but this file does not: it is made by aoti_compile_and_package of "
                + "torch._inductor, and not by torch.export.save");
        if (!model.Any(record => record.Name.EndsWith(".so", StringComparison.Ordinal) || record.Name.EndsWith(".pyd", StringComparison.Ordinal)))
            throw Refuse($"an AOTInductor package must hold a compiled library in {Folder}, but this one has none");
        var description = model.FirstOrDefault(record => record.Name.EndsWith("wrapper_metadata.json", StringComparison.Ordinal))
            ?? throw Refuse($"an AOTInductor package must hold a description (wrapper_metadata.json) in {Folder}, but this one has none");
        if (description.Length > LongestDescription)
            throw Refuse($"its description must have at most {LongestDescription} bytes, but has {description.Length}");
        foreach (var record in model)
            CheckBytes(file, record);
        using var stream = new ZipRecordStream(file, description);
        return DeviceIn(stream) ?? throw Refuse($"its description must say {DeviceKey}, but does not");

        DataFormatException Refuse(string rule) => new(path, null, rule);
    }

    // At the top, or in the folder that all records share.
    private static bool IsOfModel(string name) =>
        name.StartsWith(Folder, StringComparison.Ordinal) || name.Contains($"/{Folder}", StringComparison.Ordinal);

    // At the end of a record its stream compares the checksum.
    private static void CheckBytes(RandomAccessFile file, ZipRecord record)
    {
        using var stream = new ZipRecordStream(file, record);
        stream.CopyTo(Stream.Null);
    }

    private static string? DeviceIn(Stream description)
    {
        try
        {
            using var json = JsonDocument.Parse(description, new() { MaxDepth = 8 });
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty(DeviceKey, out var device)
                && device.ValueKind == JsonValueKind.String ? device.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
