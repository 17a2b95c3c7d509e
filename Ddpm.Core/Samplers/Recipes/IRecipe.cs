using static TorchSharp.torch;

namespace Ddpm.Samplers;

/// <summary>The arithmetic of a family of samplers, for given points. The samplers that users name are settings of five recipes.</summary>
internal interface IRecipe
{
    /// <summary>How often the network is asked: one frame each time.</summary>
    int Evaluations { get; }

    /// <summary>The frames, from the state x at the first point on.</summary>
    IEnumerable<SamplingFrame> Walk(SamplingRun run, Tensor x);
}
