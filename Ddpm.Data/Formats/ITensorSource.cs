using static TorchSharp.torch;

namespace Ddpm;

/// <summary>Named tensors in a file, whatever its format. Nothing but names, types and shapes is read before a tensor is asked for.</summary>
public interface ITensorSource
{
    /// <summary>The file, for messages.</summary>
    string File { get; }

    /// <summary>What the file says of its tensors.</summary>
    IReadOnlyList<TensorEntry> Entries { get; }

    /// <summary>Whether there is a tensor of this name.</summary>
    bool Contains(string name);

    /// <summary>Copies one tensor out of the file.</summary>
    /// <param name="name">A name of <see cref="Entries"/>.</param>
    /// <returns>A tensor on the CPU, of the entry's type and shape; the caller owns it.</returns>
    /// <exception cref="KeyNotFoundException">There is no tensor of this name.</exception>
    /// <exception cref="NotSupportedException">It is of a type that TorchSharp lacks.</exception>
    /// <exception cref="DataFormatException">Its values break a rule of the format.</exception>
    Tensor Read(string name);
}
