using static TorchSharp.torch;

namespace Ddpm.Formats;

/// <summary>Named tensors in a file, whatever its format. Nothing but names, types and shapes is read before a tensor is asked for.</summary>
internal interface ITensorSource
{
    /// <summary>The file, for messages.</summary>
    string File { get; }

    /// <summary>What the file says of its tensors.</summary>
    IReadOnlyList<TensorEntry> Entries { get; }

    /// <summary>Whether there is a tensor of this name.</summary>
    bool Contains(string name);

    /// <summary>Copies one tensor out of the file, as <see cref="StateDictionary.Read"/> does.</summary>
    Tensor Read(string name);
}
