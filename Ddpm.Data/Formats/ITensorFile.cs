namespace Ddpm;

/// <summary>An open file of tensors, whatever its format. It must not be changed while it is open.</summary>
public interface ITensorFile : IDisposable
{
    /// <summary>The file, for messages.</summary>
    string File { get; }

    /// <summary>All tensors, grouped as the file groups them: one group in safetensors, any number in PyTorch's files.</summary>
    IReadOnlyList<StateDictionary> Dictionaries { get; }
}
