namespace Ddpm;

/// <summary>
/// An open file of tensors, whatever its format. It must not be changed while it is open: what is cut off then is missed by a
/// <see cref="DataFormatException"/>, what is overwritten may be read as it is.
/// </summary>
public interface ITensorFile : IDisposable
{
    /// <summary>The file, for messages.</summary>
    string File { get; }

    /// <summary>All tensors, grouped as the file groups them: one group in safetensors, any number in PyTorch's files.</summary>
    IReadOnlyList<StateDictionary> Dictionaries { get; }
}
