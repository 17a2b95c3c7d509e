namespace Ddpm;

/// <summary>What of a NumPy file is images and what is labels.</summary>
public sealed record NumpyOptions
{
    /// <summary>The array of the images in an .npz file; null: the only array of bytes with three or four axes.</summary>
    public string? Images { get; init; }

    /// <summary>The array of the labels in an .npz file, for example "labels", "y_train" or "arr_1"; null: there are none, or in a file.</summary>
    public string? Labels { get; init; }

    /// <summary>An .npy file of the labels; null: there are none, or in the .npz file itself.</summary>
    public string? LabelsFile { get; init; }

    /// <summary>Where images with four axes have their channels; null: where there are 1 or 3, if that says it.</summary>
    public ImageLayout? Layout { get; init; }

    /// <summary>A name for every label; null: they are not known.</summary>
    public IReadOnlyList<string>? ClassNames { get; init => field = EquatableList.Of(value); }

    /// <summary>
    /// The most bytes to which an .npz file may grow by decompression; null: twice its length and 64 MB, so that a small file cannot fill the memory.
    /// </summary>
    public long? MaxBytes { get; init; }
}
