using System.Globalization;

namespace Ddpm.Samples;

/// <summary>What a set is, and into how many shards it is divided: the same for all of them.</summary>
internal sealed record ShardPlan
{
    public const string Npz = "npz", Png = "png";

    /// <summary>A plan's file is far smaller.</summary>
    public const long MostBytes = 1 << 16;

    private const int LeastDigits = 6;

    /// <summary>How many images.</summary>
    public required int Count { get; init; }

    /// <summary>npz: a file a shard; png: a file an image.</summary>
    public required string Format { get; init; }

    /// <summary>How many shards.</summary>
    public required int Shards { get; init; }

    /// <summary>What the images follow from.</summary>
    public required SampleSettings Settings { get; init; }

    /// <summary>The plan of a set that is to be drawn.</summary>
    public static ShardPlan Of(Diffusion diffusion, SamplingOptions sampling, int count, string format, int shards) => new()
    {
        Count = count,
        Format = format,
        Shards = shards,
        Settings = SampleSettings.Of(
            diffusion, sampling.Sampler ?? diffusion.Sampler, sampling.Guidance, sampling.Seed!.Value, sampling.BatchSize),
    };

    /// <summary>C, H, W.</summary>
    /// <exception cref="FormatException">The settings have no shape.</exception>
    public ImageShape Shape() =>
        Settings.Image.Split(" x ").Select(extent => Flag.ToWhole(extent, 1, ushort.MaxValue)).ToArray() is [var c, var h, var w]
            ? new(c, h, w)
            : throw new FormatException();

    /// <summary>The batches of a shard. They are the same however many shards there are, and only whole ones are given away.</summary>
    public Range Batches(Shard shard) => shard.Share((int)((Count + (long)Settings.BatchSize - 1) / Settings.BatchSize));

    /// <summary>The images of a shard.</summary>
    public (int First, int Count) Images(Shard shard)
    {
        var batches = Batches(shard);
        var (first, end) = (Place(batches.Start), Place(batches.End));
        return (first, end - first);

        int Place(Index batch) => (int)Math.Min(Count, (long)batch.Value * Settings.BatchSize);
    }

    /// <summary>The files of a shard, where they are in the folder.</summary>
    public IEnumerable<string> Files(Shard shard)
    {
        var (first, count) = Images(shard);
        return Format == Png ? Enumerable.Range(first, count).Select(FileOf) : count > 0 ? [$"{shard.Name}.npz"] : [];
    }

    /// <summary>"images/000123.png".</summary>
    public string FileOf(int image) => "images/" + image.ToString(
        $"D{Math.Max(LeastDigits, Count.ToString(CultureInfo.InvariantCulture).Length)}", CultureInfo.InvariantCulture) + ".png";

    /// <summary>Whether an image's file is called so.</summary>
    public bool HasFile(string name) =>
        int.TryParse(Path.GetFileNameWithoutExtension(name), NumberStyles.None, CultureInfo.InvariantCulture, out var image)
        && image < Count && FileOf(image) == "images/" + name;

    /// <summary>The class of an image; null: it has none.</summary>
    public int? LabelOf(int image) => Settings.Classes > 0 ? image % Settings.Classes : null;

    /// <summary>The classes of images one after the other; null: they have none.</summary>
    public IEnumerable<int>? Labels(int first, int count) =>
        Settings.Classes > 0 ? Enumerable.Range(first, count).Select(image => image % Settings.Classes) : null;

    /// <summary>Whether another is the same.</summary>
    /// <returns>null: it is. Otherwise what is not: "seed is 1 and not 0".</returns>
    public string? Unlike(ShardPlan other) => this == other ? null : string.Join(", ", JsonFile.Differences(this, other)
        .Select(field => $"{field.Name} is {field.One ?? "not there"} and not {field.Other ?? "left out"}"));

    /// <summary>Reads a plan.</summary>
    /// <exception cref="DataFormatException">It is none.</exception>
    public static ShardPlan Read(string path) => JsonFile.Read<ShardPlan>(path, MostBytes).Checked(path);

    /// <summary>The same, if it says what can be.</summary>
    /// <exception cref="DataFormatException">It does not.</exception>
    public ShardPlan Checked(string path)
    {
        if (Count < 1 || Shards is < 1 or > Shard.Most || Settings.BatchSize < 1 || Settings.Classes < 0 || Format is not (Npz or Png))
            throw new DataFormatException(path, null, "count, shards, batchSize and classes must be numbers that can be, and the format npz or png");
        try
        {
            Shape();
            return this;
        }
        catch (FormatException)
        {
            throw new DataFormatException(path, null, "image must be of the form 3 x 32 x 32");
        }
    }
}
