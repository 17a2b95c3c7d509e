using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace Ddpm.Samples;

/// <summary>A file of a set, by which it is known again.</summary>
internal sealed record ShardFile
{
    /// <summary>Where it is in the folder, with / between folders.</summary>
    public required string Name { get; init; }

    /// <summary>Its length.</summary>
    public required long Bytes { get; init; }

    /// <summary>Of its bytes, 64 hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The class of the image, where it is a picture of one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Label { get; init; }

    /// <summary>A file that is there.</summary>
    public static ShardFile Of(string folder, string name, int? label = null)
    {
        using var stream = File.OpenRead(Path.Combine(folder, name));
        return new() { Name = name, Bytes = stream.Length, Sha256 = Convert.ToHexStringLower(SHA256.HashData(stream)), Label = label };
    }

    /// <summary>Whether the file is there as it was.</summary>
    /// <returns>null: it is. Otherwise what is wrong, to be said after its name.</returns>
    public string? Fault(string folder)
    {
        var path = Path.Combine(folder, Name);
        return !File.Exists(path) ? "is missing"
            : new FileInfo(path).Length is var length && length != Bytes ? $"must have {Bytes} bytes, but has {length}: it is cut off or another's"
            : Of(folder, Name, Label) != this ? "has the right length, but was changed: its SHA-256 is another"
            : null;
    }
}
