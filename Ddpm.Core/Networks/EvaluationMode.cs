using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace Ddpm.Networks;

/// <summary>
/// A network in evaluation mode (no dropout) while anyone needs it so; then every part of it is in the mode that it was in. Several threads may
/// sample from one network: the first one in switches, the last one out restores.
/// </summary>
internal readonly struct EvaluationMode : IDisposable
{
    private static readonly ConditionalWeakTable<nn.Module, Use> Uses = [];

    private readonly Use? use;

    private EvaluationMode(Use? use) => this.use = use;

    internal static EvaluationMode Of(IDenoiser denoiser)
    {
        if (denoiser.Network is not { } module)
            return default;
        var use = Uses.GetValue(module, static module => new(module));
        use.Enter();
        return new(use);
    }

    public void Dispose() => use?.Leave();

    private sealed class Use(nn.Module module)
    {
        private readonly Lock mode = new();
        private TrainingMode? before;
        private int users;

        internal void Enter()
        {
            lock (mode)
                if (users++ == 0 && module.training)
                {
                    before = TrainingMode.Of(module);
                    module.eval();
                }
        }

        internal void Leave()
        {
            lock (mode)
                if (--users == 0)
                {
                    before?.Restore();
                    before = null;
                }
        }
    }
}
