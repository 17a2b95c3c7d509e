using Ddpm.Denoising;
using Ddpm.Noise;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Samplers;

/// <summary>
/// Lugmayr et al. 2022 (RePaint), section 4.2: another sampler, each stretch of whose steps is taken several times; in between, x is noised back
/// to where the stretch began. What is new in the image so adapts to what is given in it. Each taking of a stretch
/// is a run of its own: a self-conditioned network is shown no estimate in its first evaluation, and with a jump length of 1 never one.
/// </summary>
internal sealed class ResamplingSampler(ISampler inner, int jumpLength, int resamplings) : ISampler
{
    public IEnumerable<SamplingFrame> Run(Predictor predictor, SamplingStart start, NoiseStream noise)
    {
        var top = start.On(predictor.Path)
            ?? throw new ArgumentException("Resampling must start from a point of the process, but starts from unit noise.", nameof(start));
        var x = start.X.alias().DetachFromDisposeScope();
        var (step, steps) = (0, 0);
        try
        {
            for (var pass = 1; ; pass++)
            {
                SamplingFrame? end = null;
                var taken = 0;
                foreach (var frame in inner.Run(predictor, start.With(x), noise))
                {
                    steps = steps == 0 ? resamplings * frame.Steps : steps;
                    if (frame.IsLast || (!frame.IsInner && ++taken == jumpLength))
                    {
                        end = frame;
                        break;
                    }
                    yield return Numbered(frame, last: false);
                }
                var (at, isLast) = (end!.At, end.IsLast && pass == resamplings);
                x = InPlaceOf(x, end.X.alias().DetachFromDisposeScope());
                yield return Numbered(end, isLast);
                if (isLast)
                    yield break;
                if (pass < resamplings)
                {
                    x = InPlaceOf(x, Jump(x, at, top, noise));
                }
                else
                {
                    (start, top, pass) = (SamplingStart.From(x, at), at, 0);
                }
            }
        }
        finally
        {
            x.Dispose();
        }

        // A sampler that takes other numbers of evaluations after a restart makes the count an estimate until the last frame.
        SamplingFrame Numbered(SamplingFrame frame, bool last)
        {
            var number = step++;
            return frame with { Step = number, Steps = last ? number + 1 : Math.Max(steps, number + 2) };
        }
    }

    private static Tensor InPlaceOf(Tensor old, Tensor next)
    {
        old.Dispose();
        return next;
    }

    // x' = α'/α x + √(σ'² - (α'/α)² σ²) z, a draw from q(x' | x).
    private static Tensor Jump(Tensor x, DiffusionPoint from, DiffusionPoint to, NoiseStream noise)
    {
        using var scope = NewDisposeScope();
        var kept = to.Alpha / from.Alpha;
        var added = Math.Sqrt(to.Sigma * to.Sigma - kept * kept * from.Sigma * from.Sigma);
        return x.Times(kept).Plus(noise.DrawLike(x).Times(added)).MoveToOuterDisposeScope().DetachFromDisposeScope();
    }
}
