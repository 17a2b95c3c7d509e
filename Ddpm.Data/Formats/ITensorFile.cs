namespace Ddpm.Formats;

/// <summary>An open file of one format.</summary>
internal interface ITensorFile : IDisposable
{
    /// <summary>The file, for messages.</summary>
    string File { get; }

    /// <summary>All tensors, grouped as the file groups them: one group in safetensors, any number in PyTorch's files.</summary>
    IReadOnlyList<StateDictionary> Dictionaries { get; }
}
