using System.CommandLine;
using static TorchSharp.torch;

namespace Ddpm.Samples;

/// <summary>Which images are drawn, how, and as what grid.</summary>
internal sealed class DrawingFlags
{
    private const int Scale = 3;

    public Option<int> Count { get; } = Flag.Whole("--count", "Images.", 16);

    public Option<int> Columns { get; } = Flag.Whole("--columns", "Images a row.", 8);

    public Option<int> BatchSize { get; } = Flag.Whole("--batchsize", "Images at once.", 16);

    public Option<ulong> Seed { get; } = CommonOptions.Seed();

    public SamplerFlags Sampler { get; } = new();

    public GuidanceFlags Guidance { get; } = new();

    /// <summary>How many images: as many as there are labels, if some are given.</summary>
    public int CountOf(ParseResult options) => Guidance.LabelsOf(options)?.Length ?? options.GetRequiredValue(Count);

    /// <summary>How many at once: no more than there are.</summary>
    public int BatchOf(ParseResult options) => Math.Min(options.GetRequiredValue(BatchSize), CountOf(options));

    /// <summary>Finds out whether a picture can be so large.</summary>
    /// <exception cref="ArgumentException">It cannot.</exception>
    public void CheckPicture(ParseResult options, ImageShape image)
    {
        var (count, width) = (CountOf(options), WidthOf(options));
        Limits.CheckPicture("--count and --columns", (count + (long)width - 1) / width, width, image, Scale);
    }

    /// <summary>How the images are drawn.</summary>
    public SamplingOptions Of(ParseResult options, Diffusion diffusion) => new()
    {
        Seed = options.GetRequiredValue(Seed),
        BatchSize = BatchOf(options),
        Labels = Guidance.LabelsOf(options),
        Guidance = Guidance.Of(options),
        Sampler = Sampler.Of(options, diffusion),
    };

    /// <summary>Draws the images and writes them as one grid.</summary>
    public void Draw(ParseResult options, Diffusion diffusion, SamplingOptions sampling, string file, CancellationToken stop)
    {
        Tensor images;
        using (var line = new ProgressLine("sampling"))
            images = diffusion.Sample(CountOf(options), sampling, line, cancellationToken: stop);
        using (images)
            PictureGrid.Grid(images, WidthOf(options), Scale).SavePng(file);
        SampleApp.Wrote(file);
    }

    private int WidthOf(ParseResult options) => Math.Min(options.GetRequiredValue(Columns), CountOf(options));
}
