// Between two images: noise both to a step, mix the noised images in eleven proportions, denoise each mix (Ho et al. 2020, section 4.4).
using System.CommandLine;
using Ddpm;
using Ddpm.Samples;
using static TorchSharp.torch;

var image1 = new Option<string?>("--img1_path") { Description = "The first image; by default a generated shape." };
var image2 = new Option<string?>("--img2_path") { Description = "The second image; by default another generated shape." };
var interpSteps = new Option<int>("--interp_steps") { Description = "The step that both are noised to.", DefaultValueFactory = _ => 500 };
var mode = new Option<string>("--mode")
    { Description = "linear, or spherical, which keeps the noise as strong half-way.", DefaultValueFactory = _ => "linear" }
    .AcceptOnlyFromAmong("linear", "spherical");
var weights = CheckpointFlags.Weights;
var checkpoint = new CheckpointFlags();
var schedule = new ScheduleFlags();
var seed = CommonOptions.Seed();
var device = CommonOptions.Device();
var file = CommonOptions.Out("out/interpolation.png");
var command = new RootCommand("Draws the way from one image to another as a strip.")
    { image1, image2, interpSteps, mode, weights, seed, device, file };
checkpoint.AddTo(command);
schedule.AddTo(command);
return SampleApp.Run(args, command, (options, stop) =>
{
    using var diffusion = checkpoint.Open(options, options.GetValue(weights), schedule.Of(options), options.GetRequiredValue(device));
    var shape = diffusion.Image;
    var shapes = new ShapesReader(count: 12, size: shape.Height).Read();
    using var scope = NewDisposeScope();
    Tensor Read(string? path, int instead) =>
        (path is null ? Picture.Of(shapes, instead) : Picture.Load(path)).WithChannels(shape.Channels).Resize(shape.Width, shape.Height).ToTensor();

    var (first, second) = (Read(options.GetValue(image1), 0), Read(options.GetValue(image2), 1));
    var kind = options.GetRequiredValue(mode) == "linear" ? InterpolationKind.Linear : InterpolationKind.Spherical;
    var sampling = new SamplingOptions { Seed = options.GetRequiredValue(seed) };
    Tensor strip;
    using (var line = new ProgressLine("denoising"))
        strip = diffusion.Interpolate(first, second, options.GetRequiredValue(interpSteps), count: 11, kind, sampling, line, stop);
    PictureGrid.Grid(strip, columns: 11, scale: 2, gap: 2).SavePng(options.GetRequiredValue(file));
    SampleApp.Wrote(options.GetRequiredValue(file));
});
