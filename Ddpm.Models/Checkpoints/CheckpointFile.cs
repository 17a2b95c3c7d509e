using Ddpm.Formats;

namespace Ddpm;

/// <summary>A file of weights of a known layout, open: safetensors, shards of it, or PyTorch's own.</summary>
internal sealed class CheckpointFile : IDisposable
{
    private readonly IDisposable file;

    private CheckpointFile(IDisposable file, Func<ITensorSource> choose)
    {
        this.file = file;
        try
        {
            Weights = CheckpointWeights.Of(choose());
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    internal CheckpointWeights Weights { get; }

    internal static CheckpointFile Open(string path, PretrainedOptions options)
    {
        if (path.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            var shards = ShardedTensors.Open(path);
            return new(shards, () => shards);
        }
        var file = TensorFile.Open(path);
        return new(file, () => Choose(file, options.Key));
    }

    public void Dispose() => file.Dispose();

    private static StateDictionary Choose(TensorFile file, string? key)
    {
        if (key is not null)
            return file.Dictionaries.FirstOrDefault(each => each.Key == key)
                ?? throw new DataFormatException(file.File, null, $"it must hold the key '{key}', but holds {Keys(file.Dictionaries)}");
        var networks = file.Dictionaries.Where(CheckpointWeights.Recognises).ToArray();
        return networks switch
        {
            [var only] => only,
            [] => file.Dictionaries.Count > 0
                ? file.Dictionaries[0]
                : throw new DataFormatException(file.File, null, "it must hold a network's weights, but holds no tensors"),
            // A training state that is a list ends with the averaged weights.
            _ when file.IsSequence => networks[^1],
            _ => throw new ArgumentException(
                $"{file.File} holds the weights of several networks: give {nameof(PretrainedOptions.Key)}, one of {Keys(networks)}."),
        };
    }

    private static string Keys(IEnumerable<StateDictionary> dictionaries) => string.Join(", ", dictionaries.Select(each => $"'{each.Key}'"));
}
