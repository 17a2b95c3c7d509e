namespace Ddpm;

/// <summary>What a file of PyTorch's holds, whichever container it uses: the saved object, and storages whose places are known.</summary>
internal sealed record PytorchContent(object Root, bool BigEndian);
