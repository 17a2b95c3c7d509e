using Ddpm.Training;

namespace Ddpm;

/// <summary>The parts of a diffusion that a checkpoint says.</summary>
internal sealed record SavedParts(
    GaussianDiffusion Process, IDenoiser Denoiser, ISampler Sampler, PredictorOptions Prediction, TrainingLevels Levels,
    IReadOnlyList<string>? ClassNames);
