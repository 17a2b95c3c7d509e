using static TorchSharp.torch;

namespace Ddpm.Tests;

/// <summary>A decorator as users write them: it logs each call and is otherwise the network that it wraps.</summary>
internal sealed class LoggingDenoiser(IDenoiser inner) : DelegatingDenoiser(inner)
{
    /// <summary>A line a call.</summary>
    internal List<string> Log { get; } = [];

    public override Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null)
    {
        var labels = conditioning?.Labels is null ? "" : ", labels";
        var estimate = conditioning?.Estimate is null ? "" : ", an estimate";
        Log.Add($"{x.shape[0]} images{labels}{estimate}");
        return base.Predict(x, t, conditioning);
    }
}
