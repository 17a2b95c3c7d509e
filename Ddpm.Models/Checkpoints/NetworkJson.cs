using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Ddpm.Networks;

namespace Ddpm;

/// <summary>
/// Networks in ddpm.json: every property of <see cref="UNetOptions"/> must be there, so that nothing is left to a default that may change. Those of
/// <see cref="Later"/> came when there were files already: absent, they are off, and off they are not written, so that these files stay as they are.
/// </summary>
internal static class NetworkJson
{
    private static readonly Type[] Complete =
        [typeof(UNetOptions), typeof(TimeEmbeddingOptions), typeof(MiddleOptions), typeof(LabelOptions), typeof(Parameterization)];

    private static readonly string[] Later =
    [
        JsonNamingPolicy.SnakeCaseLower.ConvertName(nameof(UNetOptions.SelfConditioning)),
        JsonNamingPolicy.SnakeCaseLower.ConvertName(nameof(UNetOptions.ConditionChannels)),
    ];

    internal static void RequireAll(JsonTypeInfo type)
    {
        if (!Complete.Contains(type.Type))
            return;
        foreach (var property in type.Properties)
        {
            var later = Later.Contains(property.Name);
            property.IsRequired = !later;
            property.ShouldSerialize = later ? static (_, value) => value is true or > 0 : static (_, _) => true;
        }
    }

    /// <summary>[C, H, W].</summary>
    internal sealed class ImageShapeConverter : JsonConverter<ImageShape>
    {
        public override ImageShape Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            JsonSerializer.Deserialize<int[]>(ref reader, options) is [var channels, var height, var width]
                ? new(channels, height, width)
                : throw new JsonException("an image must be [channels, height, width]");

        public override void Write(Utf8JsonWriter writer, ImageShape value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, (int[])[value.Channels, value.Height, value.Width], options);
    }
}
