using static TorchSharp.torch;

namespace Ddpm;

/// <summary>Switches dropout off while it lives, and back on if it was on.</summary>
internal readonly struct EvaluationMode : IDisposable
{
    private readonly nn.Module? restore;

    private EvaluationMode(nn.Module? restore) => this.restore = restore;

    internal static EvaluationMode Of(IDenoiser denoiser)
    {
        if (denoiser is not nn.Module { training: true } module)
            return default;
        module.eval();
        return new(module);
    }

    public void Dispose() => restore?.train();
}
