namespace Ddpm.Onnx;

/// <summary>The names by which an exported network takes and gives tensors; those that it does not take are not among its inputs.</summary>
public static class OnnxNames
{
    /// <summary>x_t, float32 [N, C, H, W].</summary>
    public const string X = "x";

    /// <summary>The step, float32 [N], 0-based, may be fractional.</summary>
    public const string T = "t";

    /// <summary>Classes: int64 [N], or float32 for a network that embeds them as steps (<see cref="Networks.LabelKind.Timestep"/>).</summary>
    public const string Labels = "labels";

    /// <summary>An embedding, float32 [N, time width].</summary>
    public const string Embedding = "embedding";

    /// <summary>An estimate of x_0, float32 [N, C, H, W]; zeros for none.</summary>
    public const string Estimate = "estimate";

    /// <summary>The image beside x, float32 [N, condition channels, H, W].</summary>
    public const string Image = "image";

    /// <summary>What the network predicts, float32 [N, output channels, H, W].</summary>
    public const string Output = "output";

    /// <summary>Of the notes in the file: the model's description, as ddpm.json in a saved model's folder has it.</summary>
    public const string Description = "ddpm.json";
}
