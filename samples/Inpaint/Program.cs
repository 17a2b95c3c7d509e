// Cut a hole into an image and let the model fill it, several times over (RePaint, Lugmayr et al. 2022): the image, the hole, and what might
// have been there.
using System.CommandLine;
using Ddpm;
using Ddpm.Samples;
using TorchSharp;
using static TorchSharp.torch;

var image = new Option<string?>("--img_path") { Description = "The image; by default a generated shape." };
var hole = CommonOptions.Steps("--hole",
    "What to fill: row and column of its upper left corner, height and width, in pixels; by default the middle of the image.");
var count = new Option<int>("--count") { Description = "How many fillings.", DefaultValueFactory = _ => 6 };
var jumpLength = new Option<int>("--jump_length") { Description = "Steps in a stretch that is repeated.", DefaultValueFactory = _ => 5 };
var resamplings = new Option<int>("--resamplings")
    { Description = "How often each stretch is taken: more fit better, and take longer.", DefaultValueFactory = _ => 5 };
var weights = CheckpointFlags.Weights;
var checkpoint = new CheckpointFlags();
var seed = CommonOptions.Seed();
var device = CommonOptions.Device();
var file = CommonOptions.Out("out/inpainting.png");
var command = new RootCommand("Fills a hole in an image.") { image, hole, count, jumpLength, resamplings, weights, seed, device, file };
checkpoint.AddTo(command);
return SampleApp.Run(args, command, (options, stop) =>
{
    using var diffusion = checkpoint.Open(options, options.GetValue(weights) ?? "out/quickstart/model", device: options.GetRequiredValue(device));
    var (shape, fillings) = (diffusion.Image, options.GetRequiredValue(count));
    var picture = options.GetValue(image) is { } path ? Picture.Load(path) : Picture.Of(new ShapesReader(count: 1, size: shape.Height).Read(), 0);
    using var scope = NewDisposeScope();
    var x0 = picture.WithChannels(shape.Channels).Resize(shape.Width, shape.Height).ToTensor();

    var (top, left, height, width) = options.GetRequiredValue(hole) switch
    {
        [] => (shape.Height / 4, shape.Width / 4, shape.Height / 2, shape.Width / 2),
        [var row, var column, var rows, var columns] when row <= shape.Height - rows && column <= shape.Width - columns =>
            (row, column, rows, columns),
        _ => throw new ArgumentException(
            $"--hole must be four numbers, row,column,height,width, inside the image of {shape.Height} x {shape.Width}."),
    };
    var known = ones(1, 1, shape.Height, shape.Width, ScalarType.Bool);
    known[.., .., top..(top + height), left..(left + width)] = false;

    var sampling = new SamplingOptions { Seed = options.GetRequiredValue(seed) };
    var inpainting = new InpaintingOptions { JumpLength = options.GetRequiredValue(jumpLength), Resamplings = options.GetRequiredValue(resamplings) };
    Tensor filled;
    using (var line = new ProgressLine("filling"))
        filled = diffusion.Inpaint(x0.expand(fillings, -1, -1, -1), known, inpainting, sampling, line, stop);
    PictureGrid.Grid(cat([x0, where(known, x0, 0), filled.cpu()]), columns: fillings + 2, scale: 4, gap: 2).SavePng(options.GetRequiredValue(file));
    SampleApp.Wrote(options.GetRequiredValue(file));
});
