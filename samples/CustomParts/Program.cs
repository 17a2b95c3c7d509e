// Every part of a diffusion model can be one's own: schedule, denoiser, sampler and data set, each in a file of a few lines beside this one.
using System.CommandLine;
using Ddpm;
using Ddpm.Samples;

var file = OutputFlag.Picture("out/custom.png");
return SampleApp.Run(args, new RootCommand("Samples from a diffusion model whose four parts are all custom.") { file }, (options, stop) =>
{
    var stripes = new StripesReader(count: 2, size: 16).Read(stop);
    using var images = Pixels.Batch(stripes, [0, 1]);
    var schedule = new LogarithmicSchedule(200, 1e-4, 0.3);
    using var diffusion = new DiffusionBuilder()
        .WithSchedule(schedule)
        .WithDenoiser(new TwoImageDenoiser(new DiffusionPath(schedule), images), stripes.Shape)
        .WithSampler(new StraightSampler(TimestepSpacing.Trailing(20)))
        .Build();
    using var drawn = diffusion.Sample(8, cancellationToken: stop);
    PictureGrid.Grid(drawn, columns: 8, scale: 4, gap: 2).SavePng(options.GetRequiredValue(file));
    SampleApp.Wrote(options.GetRequiredValue(file));
});
