using Ddpm.Formats;

namespace Ddpm;

/// <summary>Turns an array of whole numbers into labels: N of them, alone or as a row or column.</summary>
internal static class LabelArray
{
    /// <summary>Reads the labels of images.</summary>
    /// <param name="input">The array, at its first value.</param>
    /// <param name="images">How many there must be.</param>
    /// <param name="classes">The limit of labels; null: any.</param>
    internal static int[] Read(ArrayInput input, int images, int? classes)
    {
        var (form, limit) = (input.Form, classes ?? int.MaxValue);
        if (form.Type is NumberType.Bool or NumberType.Half or NumberType.Single or NumberType.Double || form.Sizes is not ([_] or [_, 1] or [1, _]))
            throw input.Refuse($"labels must be whole numbers, N or N x 1 or 1 x N, but {input.Title} is {form}");
        if (Extents.Product(form.Sizes) != images)
            throw input.Refuse($"there must be one label an image, but {input.Title} is {form} and there are {images} images");
        var numbers = input.ReadAll();
        // As signed numbers the largest unsigned ones would be negative: both are out of range.
        var labels = numbers.Type == NumberType.UInt64 ? Array.ConvertAll(numbers.ToArray<ulong>(), label => (long)label) : numbers.ToArray<long>();
        var wrong = Array.FindIndex(labels, label => label < 0 || label >= limit);
        return wrong < 0
            ? Array.ConvertAll(labels, label => (int)label)
            : throw input.Refuse($"labels must be in 0..{limit - 1}, but number {wrong} of {input.Title} is "
                + $"{(numbers.Type == NumberType.UInt64 ? (ulong)labels[wrong] : labels[wrong])}");
    }
}
