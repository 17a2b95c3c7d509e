namespace Ddpm;

/// <summary>Where an array of images with four axes has its channels.</summary>
public enum ImageLayout
{
    /// <summary>[N, H, W, C]: a pixel's channels lie together, as image libraries, TensorFlow and JAX keep them.</summary>
    ChannelsLast,
    /// <summary>[N, C, H, W]: a plane for each channel, as PyTorch keeps them.</summary>
    ChannelsFirst,
}
