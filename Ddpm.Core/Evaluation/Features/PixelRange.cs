namespace Ddpm.Evaluation;

/// <summary>In which numbers a network wants its images.</summary>
public enum PixelRange
{
    /// <summary>Bytes, uint8. What was resized is clipped and rounded to the nearest.</summary>
    Bytes,

    /// <summary>float32, 0 to 255.</summary>
    Numbers,

    /// <summary>float32, 0 to 1.</summary>
    Unit,

    /// <summary>float32, -1 to 1.</summary>
    Symmetric,

    /// <summary>float32, 0 to 1, less ImageNet's mean (0.485, 0.456, 0.406), by its deviation (0.229, 0.224, 0.225): what most classifiers of PyTorch
    /// want. It needs 3 channels.</summary>
    ImageNet,
}
