using System.CommandLine;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Samples;

/// <summary>
/// Cut a hole into an image and let the model fill it, several times over (RePaint, Lugmayr et al. 2022): the image, the hole, and what might
/// have been there.
/// </summary>
internal static class InpaintCommand
{
    private const string QuickStartModel = QuickStartRecipe.Folder + "/model";
    private const int Scale = 4, Gap = 2;

    public static Command Make()
    {
        var usual = new InpaintingOptions();
        var image = new PictureFlag("--img_path", "The image.");
        var hole = Flag.Wholes("--hole",
            "What to fill: row and column of its upper left corner, height and width, in pixels; by default the middle of the image.",
            0, int.MaxValue);
        var count = Flag.Whole("--count", "How many fillings.", 6);
        var jumpLength = Flag.Whole("--jump_length", "Steps in a stretch that is repeated.", usual.JumpLength);
        var resamplings = Flag.Whole("--resamplings", "How often each stretch is taken: more fit better, and take longer.", usual.Resamplings);
        var steps = Flag.Whole("--steps", "Most steps of the model's sampler. Steps times resamplings is what it takes.", usual.MaximumSteps!.Value);
        var checkpoint = new CheckpointFlags();
        var seed = CommonOptions.Seed();
        var device = CommonOptions.Device();
        var file = OutputFlag.Picture("out/inpainting.png");
        var command = new Command("inpaint", "Fills a hole in an image.") { image, hole, count, jumpLength, resamplings, steps, seed, device, file };
        checkpoint.AddTo(command, QuickStartModel);
        command.Ignored(result => result.ValueOf(resamplings) == 1 ? "with --resamplings 1" : null, jumpLength);
        command.Does((options, stop) =>
        {
            using var diffusion = checkpoint.Open(
                options, checkpoint.PathIn(options.CommandResult) ?? QuickStartModel, options.GetRequiredValue(device));
            var (shape, fillings) = (diffusion.Image, options.GetRequiredValue(count));
            Limits.CheckPicture("--count", 1, fillings + 2L, shape, Scale, Gap);
            var (top, left, height, width) = options.GetRequiredValue(hole) switch
            {
                [] => (shape.Height / 4, shape.Width / 4, (shape.Height + 1) / 2, (shape.Width + 1) / 2),
                [var row, var column, > 0 and var rows, > 0 and var columns] when row <= shape.Height - rows && column <= shape.Width - columns =>
                    (row, column, rows, columns),
                _ => throw new ArgumentException(
                    $"--hole must be four numbers, row,column,height,width, inside the image of {shape.Height} x {shape.Width}."),
            };
            using var scope = NewDisposeScope();
            var x0 = image.Of(options, shape.Height, shape.Width, shape.Channels).ToTensor();
            var known = ones(1, 1, shape.Height, shape.Width, ScalarType.Bool);
            known[.., .., top..(top + height), left..(left + width)] = false;

            var sampling = new SamplingOptions { Seed = options.GetRequiredValue(seed), BatchSize = Math.Min(fillings, 16) };
            var inpainting = new InpaintingOptions
            {
                JumpLength = options.GetRequiredValue(jumpLength),
                Resamplings = options.GetRequiredValue(resamplings),
                MaximumSteps = options.GetRequiredValue(steps),
            };
            Tensor filled;
            using (var line = new ProgressLine("filling"))
                filled = diffusion.Inpaint(x0.expand(fillings, -1, -1, -1), known, inpainting, sampling, line, stop);
            PictureGrid.Grid(cat([x0, where(known, x0, 0), filled.cpu()]), fillings + 2, Scale, Gap).SavePng(options.GetRequiredValue(file));
            SampleApp.Wrote(options.GetRequiredValue(file));
        });
        return command;
    }
}
