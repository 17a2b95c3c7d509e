namespace Ddpm.Evaluation;

/// <summary>A file of a network whose features papers compare. None comes with this library, and none is downloaded.</summary>
public sealed record KnownFeatureFile
{
    private KnownFeatureFile()
    {
    }

    /// <summary>NVIDIA's Inception-v3, a translation of the TensorFlow graph of 2015-12-05: the file of StyleGAN2-ADA's, StyleGAN3's and clean-fid's
    /// FID. EDM's is the same network in a pickle.</summary>
    public static KnownFeatureFile NvidiaInception { get; } = new()
    {
        Name = "Inception-v3 (2015-12-05), TorchScript by NVIDIA",
        FileName = "inception-2015-12-05.pt",
        Bytes = 95_607_719,
        Sha256 = "f58cb9b6ec323ed63459aa4fb441fe750cfe39fafad6da5cb504a16f19e958f4",
        IsTorchScript = true,
        Remark = "it takes bytes of any size and resizes them itself, as TensorFlow 1 does",
    };

    /// <summary>The weights of the same graph in PyTorch's names, which pytorch-fid and torch-fidelity load into networks of theirs: no program, so
    /// that nothing here can run it.</summary>
    public static KnownFeatureFile PytorchFidWeights { get; } = new()
    {
        Name = "the Inception-v3 weights (2015-12-05) of pytorch-fid and torch-fidelity",
        FileName = "pt_inception-2015-12-05-6726825d.pth",
        Bytes = 95_628_359,
        Sha256 = "6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2",
        IsTorchScript = false,
        Remark = "it holds weights alone, and no program. Build the network in Python and save it by torch.jit.trace, or take NVIDIA's "
            + "inception-2015-12-05.pt, which holds the same weights",
    };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<KnownFeatureFile> All { get; } = [NvidiaInception, PytorchFidWeights];

    /// <summary>What it is.</summary>
    public required string Name { get; init; }

    /// <summary>What it is called where it is published.</summary>
    public required string FileName { get; init; }

    /// <summary>Its size.</summary>
    public required long Bytes { get; init; }

    /// <summary>64 hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Whether <see cref="TorchScriptFeatures"/> can load it.</summary>
    public required bool IsTorchScript { get; init; }

    /// <summary>What there is to know about it.</summary>
    public required string Remark { get; init; }

    /// <summary>The file with this checksum; null where it is none of them.</summary>
    /// <param name="sha256">64 hexadecimal digits.</param>
    public static KnownFeatureFile? Of(string sha256)
    {
        ArgumentNullException.ThrowIfNull(sha256);
        return All.FirstOrDefault(each => each.Sha256.Equals(sha256, StringComparison.OrdinalIgnoreCase));
    }
}
