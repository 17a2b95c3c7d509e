using System.Globalization;
using System.Text.Json;
using Ddpm.Hosting;
using Microsoft.Extensions.AI;

namespace Ddpm.Samples;

/// <summary>
/// The options of a request. Count and size are options of their own: images of another size are enlarged or reduced when they are drawn. The
/// additional properties are <c>seed</c>, <c>steps</c>, <c>sampler</c>, <c>guidance</c> and, for an original image, <c>strength</c>, 0 to 1. Only PNG
/// as data is made.
/// </summary>
internal sealed record GeneratorOptions(GenerationRequest Request, double Strength, System.Drawing.Size? Size)
{
    private const double UsualStrength = 0.6;

    private const int LargestEdge = 2048;

    private static readonly string[] Known = ["seed", "steps", "sampler", "guidance", "strength"];

    /// <exception cref="ArgumentException">An option is out of range or not known.</exception>
    internal static GeneratorOptions Of(ImageGenerationOptions? options)
    {
        options ??= new();
        if (options.MediaType is { } type && !string.Equals(type, "image/png", StringComparison.OrdinalIgnoreCase))
            throw new ArgumentException($"{nameof(options.MediaType)} must be image/png, but is '{type}'.", nameof(options));
        if (options.ResponseFormat is { } format && format != ImageGenerationResponseFormat.Data)
            throw new ArgumentException(
                $"{nameof(options.ResponseFormat)} must be {nameof(ImageGenerationResponseFormat.Data)}, but is {format}.", nameof(options));
        if (options.ImageSize is { } size && (Math.Min(size.Width, size.Height) < 1 || Math.Max(size.Width, size.Height) > LargestEdge))
            throw new ArgumentException(
                $"{nameof(options.ImageSize)} must have edges of 1 to {LargestEdge}, but is {size.Width} x {size.Height}.", nameof(options));
        var more = options.AdditionalProperties ?? [];
        if (more.Keys.FirstOrDefault(key => !Known.Contains(key, StringComparer.Ordinal)) is { } other)
            throw new ArgumentException($"Additional properties must be among {string.Join(", ", Known)}, but one is '{other}'.", nameof(options));
        var strength = Value<double>(more, "strength") ?? UsualStrength;
        return new(
            new GenerationRequest
            {
                Count = options.Count ?? 1,
                Seed = Value<ulong>(more, "seed"),
                Steps = Value<int>(more, "steps"),
                Sampler = more.TryGetValue("sampler", out var sampler) && sampler is not null ? Text(sampler) : null,
                Guidance = Value<double>(more, "guidance"),
            },
            strength is >= 0 and <= 1 ? strength
                : throw new ArgumentException($"The strength must be in 0..1, but is {strength}.", nameof(options)),
            options.ImageSize);
    }

    internal Picture Sized(Picture picture) => Size is { } size && (size.Width, size.Height) != (picture.Width, picture.Height)
        ? picture.Resize(size.Width, size.Height)
        : picture;

    // A number of any type, or the text or JSON of one: options may come from a file.
    private static T? Value<T>(AdditionalPropertiesDictionary more, string name)
        where T : struct, IParsable<T>
    {
        if (!more.TryGetValue(name, out var given) || given is null)
            return null;
        return T.TryParse(Text(given), CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new ArgumentException($"The option {name} must be a number ({typeof(T).Name}), but is '{given}'.");
    }

    private static string Text(object given) => given is JsonElement { ValueKind: JsonValueKind.String } json ? json.GetString()!
        : Convert.ToString(given, CultureInfo.InvariantCulture)!;
}
