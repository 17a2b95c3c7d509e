using Ddpm.Hosting;

namespace Ddpm.Samples;

/// <summary>A model that draws what is wished for, in turn.</summary>
internal interface IModel : IDisposable
{
    /// <summary>The model or service itself, for who asks the generator for it.</summary>
    object Inner { get; }

    Task<DiffusionModelInfo> DescribeAsync(CancellationToken cancellationToken);

    Task<IReadOnlyList<Picture>> DrawAsync(GenerationRequest request, CancellationToken cancellationToken);

    /// <summary>Image to image: as many variants of a picture as the request wants.</summary>
    Task<IReadOnlyList<Picture>> EditAsync(GenerationRequest request, Picture original, double strength, CancellationToken cancellationToken);
}
