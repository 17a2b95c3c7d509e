// Watch an image dissolve: x_t = sqrt(alpha_bar_t) x_0 + sqrt(1 - alpha_bar_t) epsilon at chosen steps, side by side in one PNG.
using System.CommandLine;
using Ddpm;
using Ddpm.Samples;

var image = new Option<string?>("--img_path") { Description = "A PNG, JPEG, BMP, GIF or WebP; by default a generated shape." };
var size = CommonOptions.Size("The image is resized to this.", 128);
var steps = CommonOptions.Steps("--t", "The steps to show.", 100, 200, 300, 400, 500, 600, 700, 800, 999);
var schedule = new ScheduleFlags();
var seed = CommonOptions.Seed();
var file = CommonOptions.Out("out/forward.png");
var command = new RootCommand("Draws the forward process of an image as a strip.")
    { image, size, steps, seed, file };
schedule.AddTo(command);
return SampleApp.Run(args, command, (options, _) =>
{
    var process = new GaussianDiffusion(schedule.Of(options));
    var (height, width) = options.GetRequiredValue(size);
    var picture = options.GetValue(image) is { } path ? Picture.Load(path) : Picture.Of(new ShapesReader(count: 1, size: height).Read(), 0);
    using var x0 = picture.Resize(width, height).ToTensor();

    // Every step has a draw of its own, as in the reference programs.
    var noise = new SeededNoise(options.GetRequiredValue(seed));
    var strip = options.GetRequiredValue(steps).Select(t =>
    {
        using var epsilon = noise.DrawLike(x0);
        return process.Diffuse(x0, t, epsilon);
    }).Prepend(x0.alias()).ToArray();

    PictureGrid.Rows(strip).SavePng(options.GetRequiredValue(file));
    SampleApp.Wrote(options.GetRequiredValue(file));
    foreach (var tensor in strip)
        tensor.Dispose();
});
