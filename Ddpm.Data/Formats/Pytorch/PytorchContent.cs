namespace Ddpm.Formats;

/// <summary>
/// What a file of PyTorch's holds, whichever container it uses: the saved object, whose storages have their places, and the names of what in it is
/// not known.
/// </summary>
internal sealed record PytorchContent(object Root, bool BigEndian, IReadOnlyList<string> Others);
