using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using TorchSharp;

namespace Ddpm.Samples;

/// <summary>
/// All that drawn images follow from. Sets with equal settings are the same images; a set of more of them begins with those of fewer.
/// </summary>
internal sealed record SampleSettings
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>SHA-256 of the network's weights: their names, shapes and values.</summary>
    public required string Weights { get; init; }

    /// <summary>SHA-256 of the noise levels of all steps.</summary>
    public required string Process { get; init; }

    /// <summary>What the network predicts, and how it is clipped.</summary>
    public required string Prediction { get; init; }

    public required string Sampler { get; init; }

    /// <summary>null: not guided.</summary>
    public double? Guidance { get; init; }

    /// <summary>Noise levels between which guidance is on, "0.2,5"; null: all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? GuidanceInterval { get; init; }

    /// <summary>Image k is of class k modulo this; 0: without classes.</summary>
    public required int Classes { get; init; }

    public required ulong Seed { get; init; }

    /// <summary>Images at once. Another number may change the last bits of an image, so that it makes another set.</summary>
    public required int BatchSize { get; init; }

    /// <summary>C x H x W.</summary>
    public required string Image { get; init; }

    /// <summary>cpu or cuda: they round differently.</summary>
    public required string Device { get; init; }

    /// <summary>The version of the library.</summary>
    public required string Program { get; init; }

    /// <summary>SHA-256 of all of them, 64 hexadecimal digits.</summary>
    public string Fingerprint() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Json())));

    public string Json() => JsonSerializer.Serialize(this, Format);

    public static SampleSettings Of(Diffusion diffusion, ISampler sampler, Guidance? guidance, ulong seed, int batchSize) => new()
    {
        Weights = OfWeights(diffusion.Denoiser.Network),
        Process = OfProcess(diffusion),
        Prediction = Invariant(diffusion.Prediction),
        Sampler = Invariant(sampler),
        Guidance = guidance?.Scale,
        GuidanceInterval = guidance is null or { LowestRho: 0, HighestRho: double.PositiveInfinity } ? null
            : string.Create(CultureInfo.InvariantCulture, $"{guidance.LowestRho},{guidance.HighestRho}"),
        Classes = diffusion.Denoiser.Traits.Classes ?? 0,
        Seed = seed,
        BatchSize = batchSize,
        Image = diffusion.Image.ToString(),
        Device = diffusion.Device.type.ToString().ToLowerInvariant(),
        Program = ProgramVersion.Text,
    };

    private static string OfWeights(torch.nn.Module? network)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var noGrad = torch.no_grad();
        foreach (var (name, weight) in (network?.state_dict() ?? []).OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            using var scope = torch.NewDisposeScope();
            var values = weight.detach().cpu().contiguous();
            hash.AppendData(Encoding.UTF8.GetBytes($"{name}\0{values.dtype}\0{string.Join('x', values.shape)}\0"));
            hash.AppendData(values.bytes);
            GC.KeepAlive(values);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string OfProcess(Diffusion diffusion)
    {
        var path = diffusion.Process.Path;
        double[] levels = [.. Enumerable.Range(0, path.Steps).Select(path.AlphaBar)];
        return Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<double>(levels)));
    }

    // Records write their numbers in the culture of the thread.
    private static string Invariant(object value)
    {
        var culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
            return $"{value}";
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }
}
