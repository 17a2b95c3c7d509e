namespace Ddpm.Samples;

/// <summary>What a shard that is whole consists of. Its file is written last: where it is, the images are.</summary>
internal sealed record ShardManifest
{
    private const long BytesOfImage = 512;

    /// <summary>From 1 on.</summary>
    public required int Shard { get; init; }

    /// <summary>The number of its first image.</summary>
    public required int FirstImage { get; init; }

    /// <summary>How many images.</summary>
    public required int Images { get; init; }

    /// <summary>The set that it is of.</summary>
    public required ShardPlan Plan { get; init; }

    /// <summary>Its files.</summary>
    public required IReadOnlyList<ShardFile> Files { get; init; }

    /// <summary>Reads the manifest of a shard.</summary>
    /// <exception cref="DataFormatException">It is none, or of another set or shard.</exception>
    public static ShardManifest Read(string path, ShardPlan plan, Shard shard)
    {
        var (first, count) = plan.Images(shard);
        var read = JsonFile.Read<ShardManifest>(path, ShardPlan.MostBytes + count * BytesOfImage);
        if (read.Plan.Unlike(plan) is { } unlike)
            throw new DataFormatException(path, null, $"the shard is of another set: its {unlike}");
        if (read.Shard != shard.Number || read.FirstImage != first || read.Images != count)
            throw new DataFormatException(path, null, $"the file must be of shard {shard.Number}, {count} images from {first} on, but is of shard "
                + $"{read.Shard}, {read.Images} images from {read.FirstImage} on: a shard is there twice or under a wrong name");
        if (!read.Files.Select(file => file?.Name).SequenceEqual(plan.Files(shard)))
            throw new DataFormatException(path, null, "the files must be those of the shard's images");
        return read;
    }
}
