// Every part of a diffusion model can be one's own: schedule, denoiser, sampler and data set, each in a file of a few lines beside this one.
using System.CommandLine;
using Ddpm;
using Ddpm.Samplers;
using Ddpm.Samples;
using static TorchSharp.torch;

var file = OutputFlag.Picture("out/custom.png");
var command = new RootCommand("Samples from models of custom parts: an exact denoiser, and a small network trained for seconds.") { file };
return SampleApp.Run(args, command, (options, stop) =>
{
    var stripes = new StripesReader(count: 64, size: 16);
    var schedule = new LogarithmicSchedule(200, 1e-4, 0.3);
    var picture = options.GetRequiredValue(file);

    // A denoiser that is a formula, and a sampler that a saved model could not hold.
    using var images = Pixels.Batch(stripes.Read(cancellationToken: stop), [0, 1]);
    using var exact = new DiffusionBuilder()
        .WithSchedule(schedule)
        .WithDenoiser(new TwoImageDenoiser(new DiffusionPath(schedule), images), new ImageShape(1, 16, 16))
        .WithSampler(new StraightSampler(TimestepSpacing.Trailing(20)))
        .Build();
    using var first = exact.Sample(8, seed: 3, cancellationToken: stop);

    // A network that is trained, saved and loaded: the file names its kind, which the program has registered.
    SmallNetwork.Register();
    var model = Path.ChangeExtension(picture, ".model");
    using (var fresh = StripesRecipe.Model(schedule, stripes).Build())
    {
        using (var line = new ProgressLine("training"))
            fresh.Train(StripesRecipe.Training, progress: line, cancellationToken: stop);
        fresh.Save(model);
        SampleApp.Wrote(model);
    }
    using var trained = Diffusion.FromPretrained(model);
    using var second = trained.Sample(8, seed: 3, cancellationToken: stop);

    using var both = cat([first, second]);
    PictureGrid.Grid(both, columns: 8, scale: 4, gap: 2).SavePng(picture);
    SampleApp.Wrote(picture);
});
