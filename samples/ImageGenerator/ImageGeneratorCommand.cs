using System.CommandLine;
using System.Drawing;
using Microsoft.Extensions.AI;

namespace Ddpm.Samples;

/// <summary>A model as an image generator of Microsoft.Extensions.AI: what any program that knows that interface would do with it.</summary>
internal static class ImageGeneratorCommand
{
    public static Command Make()
    {
        var prompt = new Option<string>("--prompt") { Description = "A class, by name or number; by default none.", DefaultValueFactory = _ => "" };
        var count = Flag.Whole("--count", "Images.", 1);
        var size = CommonOptions.OptionalSize("Of the pictures; by default the model's.");
        var seed = CommonOptions.Seed();
        var steps = Flag.OptionalWhole("--sample_steps", "Steps of the model's own sampler; by default its own number.");
        var original = new Option<string?>("--image") { Description = "A picture to change, by image to image.", HelpName = "file" };
        var strength = Flag.Number("--strength", "How much of it: 0 leaves it, 1 keeps next to nothing.", 0.6, 0, 1);
        var weights = new Option<string?>("--weights") { Description = "A saved model's folder. By default QuickStart's.", HelpName = "path" };
        var folder = OutputFlag.Folder("out/generated", picture: "00.png");
        var command = new Command("image-generator", "Draws images by the interface of Microsoft.Extensions.AI.")
            { weights, prompt, count, size, seed, steps, original, strength, folder };
        command.OnlyWith(original, strength);
        command.Does((options, stop) =>
        {
            var path = options.GetValue(weights) ?? Path.Combine(QuickStartRecipe.Folder, "model");
            using var diffusion = Diffusion.FromPretrained(path).Said();
            using var generator = diffusion.AsImageGenerator(Path.GetFileName(path));
            var wish = new ImageGenerationOptions
            {
                Count = options.GetRequiredValue(count),
                ImageSize = options.GetValue(size) is { } edges ? new Size(edges.Width, edges.Height) : null,
                AdditionalProperties = new() { ["seed"] = options.GetRequiredValue(seed), ["steps"] = options.GetValue(steps) },
            };
            AIContent[]? given = null;
            if (options.GetValue(original) is { } file)
            {
                wish.AdditionalProperties["strength"] = options.GetRequiredValue(strength);
                given = [new DataContent(File.ReadAllBytes(file), "application/octet-stream")];
            }
            var response = generator.GenerateAsync(new(options.GetRequiredValue(prompt), given!), wish, stop).GetAwaiter().GetResult();
            foreach (var (i, image) in response.Contents.OfType<DataContent>().Index())
            {
                var target = Path.Combine(options.GetRequiredValue(folder), $"{i:D2}.png");
                Picture.Decode(image.Data).SavePng(target);
                SampleApp.Wrote(target);
            }
        });
        return command;
    }
}
