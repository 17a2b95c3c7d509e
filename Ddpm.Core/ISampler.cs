using Ddpm.Denoising;
using Ddpm.Noise;
using Ddpm.Samplers;

namespace Ddpm;

/// <summary>A recipe from noise to an image. It has no state: every run has its own.</summary>
public interface ISampler
{
    /// <summary>Says whether the sampler fits a process; called when a diffusion is built.</summary>
    /// <exception cref="ArgumentException">It does not; the message names the rule.</exception>
    void Check(DiffusionPath path)
    {
    }

    /// <summary>Runs the reverse process.</summary>
    /// <param name="predictor">Answers with x_0 and ε at any step, whatever the network predicts. For a self-conditioned network it is handed the x_0
    /// that it answered last.</param>
    /// <param name="start">Unit noise, or an image that is already noised to some step. It stays the caller's.</param>
    /// <param name="noise">The stream that every further draw comes from.</param>
    /// <returns>One frame at the end of each step, as it comes; the last one holds x_0. The caller disposes the frames;
    /// nothing else stays alive.</returns>
    IEnumerable<SamplingFrame> Run(Predictor predictor, SamplingStart start, NoiseStream noise);
}
