namespace Ddpm.Samples;

/// <summary>Where the files of a set are.</summary>
internal sealed class SetFolder(string path)
{
    public string Path { get; } = path;

    /// <summary>What the set is. The first shard that is begun writes it.</summary>
    public string Plan => At("plan.json");

    /// <summary>What the merged set is.</summary>
    public string Set => At("set.json");

    /// <summary>The images of a merged set of arrays.</summary>
    public string Archive => At("set.npz");

    /// <summary>The numbered files of a set of pictures.</summary>
    public string Images => At("images");

    /// <summary>What a shard that is whole consists of.</summary>
    public string Manifest(Shard shard) => At(shard.Name + ".json");

    /// <summary>The folder of a shard that is not whole yet.</summary>
    public string Work(Shard shard) => At(shard.Name + ".part");

    /// <summary>The folder of a merged set that is not whole yet.</summary>
    public string Merging => At("set.part");

    /// <summary>The manifests that are there, of whatever shards.</summary>
    public IEnumerable<string> Manifests() => Directory.EnumerateFiles(Path, "shard-*.json");

    /// <summary>Makes the folder, and finds out whether it can be written.</summary>
    /// <exception cref="ArgumentException">It cannot.</exception>
    public void TryOut()
    {
        try
        {
            // What the trial makes it takes away again, under the hands of a shard that begins at the same moment.
            Directory.CreateDirectory(Path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // The trial says why.
        }
        Writable.Folder("--set", Path);
    }

    /// <summary>Says what the set is, or finds that it is the one that was begun here.</summary>
    /// <exception cref="ArgumentException">Another set was begun here.</exception>
    public void Take(ShardPlan plan)
    {
        try
        {
            if (!File.Exists(Plan))
                WholeFile.Write(Plan, stream => stream.Write(JsonFile.Bytes(plan)), overwrite: false);
        }
        catch (IOException) when (File.Exists(Plan))
        {
            // Another shard was quicker.
        }
        if (plan.Unlike(ShardPlan.Read(Plan)) is { } unlike)
            throw new ArgumentException($"--set must name a new folder or that of the same set, but here {unlike} as in {Plan}.");
    }

    /// <summary>Writes a small file.</summary>
    /// <param name="path">It.</param>
    /// <param name="value">What it says.</param>
    /// <param name="beside">The folder for what is not whole yet.</param>
    public static void Write<T>(string path, T value, string? beside = null) =>
        WholeFile.Write(path, stream => stream.Write(JsonFile.Bytes(value)), beside);

    private string At(string name) => System.IO.Path.Combine(Path, name);
}
