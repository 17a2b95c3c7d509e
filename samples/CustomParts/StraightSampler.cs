using Ddpm;
using Ddpm.Denoising;
using Ddpm.Noise;
using Ddpm.Samplers;
using static TorchSharp.torch;

namespace Ddpm.Samples;

/// <summary>A sampler of one's own: without further noise, each step keeps the predicted noise and lowers its share (DDIM with eta = 0).</summary>
internal sealed class StraightSampler(TimestepSpacing spacing) : ISampler
{
    public IEnumerable<SamplingFrame> Run(Predictor predictor, SamplingStart start, NoiseStream noise)
    {
        var x = start.X.alias();
        var points = spacing.From(start, predictor.Path).Append(DiffusionPoint.Data).ToArray();
        for (var i = 0; i + 1 < points.Length; i++)
        {
            var (x0, epsilon, _) = predictor.Predict(x, points[i]);
            x.Dispose();
            using (epsilon) x = points[i + 1].Alpha * x0 + points[i + 1].Sigma * epsilon;
            yield return new SamplingFrame(i, points.Length - 1, points[i + 1], x.alias(), x0);
        }
        x.Dispose();
    }
}
