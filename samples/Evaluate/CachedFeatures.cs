using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ddpm.Evaluation;
using static TorchSharp.torch;

namespace Ddpm.Samples;

/// <summary>
/// Features of batches that were looked at before come from the disk: a network takes many minutes for a data set, and the data set stays the same
/// from one evaluation to the next. A file is named after the features' space and the bytes of its images, so that it can never be another's.
/// </summary>
internal sealed class CachedFeatures(IFeatureExtractor extractor, string folder) : IFeatureExtractor
{
    private const int HashBytes = 32, NameDigits = 32;

    public FeatureSpace Space => extractor.Space;

    public Tensor Extract(Tensor images)
    {
        var path = Path.Combine(folder, NameOf(images) + ".features");
        var count = (int)images.shape[0];
        if (Read(path, count) is { } values)
            return tensor(values, [count, Space.Width]);
        var features = extractor.Extract(images);
        try
        {
            Directory.CreateDirectory(folder);
            using var dense = features.contiguous();
            var bytes = dense.bytes.ToArray();
            GC.KeepAlive(dense);
            WholeFile.Write(path, bytes, SHA256.HashData(bytes));
            return features;
        }
        catch
        {
            features.Dispose();
            throw;
        }
    }

    private float[]? Read(string path, int count)
    {
        var values = new float[checked(count * Space.Width)];
        var bytes = MemoryMarshal.AsBytes(values.AsSpan());
        if (!File.Exists(path) || new FileInfo(path).Length != bytes.Length + HashBytes)
            return null;
        var file = File.ReadAllBytes(path);
        file.AsSpan(0, bytes.Length).CopyTo(bytes);
        return SHA256.HashData(bytes).AsSpan().SequenceEqual(file.AsSpan(bytes.Length)) ? values : null;
    }

    private string NameOf(Tensor images)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{ProgramVersion.Text} {JsonSerializer.Serialize(Space)} {string.Join('x', images.shape)}"));
        using var dense = images.cpu().contiguous();
        hash.AppendData(dense.bytes);
        GC.KeepAlive(dense);
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..NameDigits];
    }
}
