// Another image library behind the same pictures: SixLabors.ImageSharp reads and writes what SkiaSharp does by default, and draws the
// denoising as an animated GIF. The adapter is one file: ImageSharpCodec.cs.
using System.CommandLine;
using Ddpm;
using Ddpm.Samplers;
using Ddpm.Samples;
using Ddpm.Schedules;
using static TorchSharp.torch;

const string QuickStartModel = QuickStartRecipe.Folder + "/model";
const int MostImages = 64;

var checkpoint = new CheckpointFlags();
var count = Flag.Whole("--images", "Images, drawn together.", 4, most: MostImages);
var scale = Flag.Whole("--scale", "Pixels become squares of this edge.", 4, most: 16);
var seed = CommonOptions.Seed();
var device = CommonOptions.Device();
var folder = OutputFlag.Folder("out/imagesharp", picture: "samples.png");
var command = new RootCommand("Draws the denoising as an animated GIF with ImageSharp.") { count, scale, seed, device, folder };
checkpoint.AddTo(command, "QuickStart's; where there is none, a formula for two shapes");
return SampleApp.Run(args, command, (options, stop) =>
{
    var output = options.GetRequiredValue(folder);
    using var scope = NewDisposeScope();
    using var diffusion = (checkpoint.PathIn(options.CommandResult) ?? (Directory.Exists(QuickStartModel) ? QuickStartModel : null)) is { } path
        ? checkpoint.Open(options, path, options.GetRequiredValue(device))
        : TwoShapes();
    var images = options.GetRequiredValue(count);
    var classes = diffusion.Denoiser.Traits.Classes ?? 0;
    var sampling = new SamplingOptions
    {
        Seed = options.GetRequiredValue(seed),
        Labels = classes > 0 ? [.. Enumerable.Range(0, images).Select(i => i * 7 % classes)] : null,      // 7: other shapes and other colours
    };
    var film = new Film(options.GetRequiredValue(scale), gap: 2);
    SampleApp.Watch(diffusion, images, sampling, film.Add, stop);

    // The library's pictures, written and read by ImageSharp.
    var codec = new ImageSharpCodec();
    var (last, drawn) = (film.Animation.Pictures[^1], Path.Combine(output, "samples.png"));
    last.SavePng(drawn, codec);
    var read = Picture.Load(drawn, codec);
    if (!read.Pixels.Span.SequenceEqual(last.Pixels.Span))
        throw new InvalidOperationException($"{drawn} must read as it was written, but does not.");
    var gif = Path.Combine(output, "denoising.gif");
    DenoisingGif.Save(film.Animation, gif);
    SampleApp.Wrote(drawn);
    SampleApp.Wrote(gif);
});

// A model that needs no training: the exact denoiser of a red circle and a blue square, in 100 steps.
static Diffusion TwoShapes()
{
    var shapes = new ShapesReader(count: 2, size: 32).Read();
    var schedule = new CosineSchedule(1000);
    return new DiffusionBuilder()
        .WithSchedule(schedule)
        .WithDenoiser(new TwoImageDenoiser(new DiffusionPath(schedule), Pixels.Batch(shapes, [0, 1])), shapes.Shape)
        .WithAncestralSampler(spacing: TimestepSpacing.Trailing(100))
        .Build();
}
