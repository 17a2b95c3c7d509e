namespace Ddpm;

/// <summary>A denoiser that may want an embedding of each image, float32 [N, width], in place of a class.</summary>
internal interface IEmbeddingDenoiser
{
    /// <summary>Whether it does: then only a caller who has embeddings can ask it.</summary>
    bool TakesEmbeddings { get; }
}
