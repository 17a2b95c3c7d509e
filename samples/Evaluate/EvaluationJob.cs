using System.Diagnostics;
using Ddpm.Evaluation;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Samples;

/// <summary>An evaluation from the images to the page.</summary>
internal sealed class EvaluationJob
{
    private readonly List<string> written = [];

    public required string Output { get; init; }

    public required IFeatureExtractor Extractor { get; init; }

    public required int BatchSize { get; init; }

    public required ulong Seed { get; init; }

    /// <summary>null: there are only statistics.</summary>
    public required IImageDataset? Training { get; init; }

    public required IImageDataset? HeldOut { get; init; }

    /// <summary>What the data are called.</summary>
    public required string Data { get; init; }

    /// <summary>Whether the images are compared with the held-out ones.</summary>
    public bool IsAgainstHeldOut { get; init; }

    /// <summary>A file of statistics to compare with; null: the data's.</summary>
    public string? Statistics { get; init; }

    /// <summary>Images to measure the loss on.</summary>
    public int Loss { get; init; }

    /// <summary>Images to measure bits on.</summary>
    public int Bits { get; init; }

    public required Device Device { get; init; }

    /// <summary>The files in <see cref="Output"/>.</summary>
    public IReadOnlyList<string> Written => written;

    /// <summary>Draws images and evaluates them.</summary>
    public EvaluationResult Run(Diffusion diffusion, string name, int count, ISampler? sampler, double? guidance, CancellationToken stop)
    {
        if (guidance is not null && diffusion.Denoiser.Traits.NullClass is null)
            throw new ArgumentException("--guidance would be ignored with a model that has no classes, or no null class.");
        if (diffusion.Denoiser.Network is UNet network)
            Limits.CheckMemory("--batchsize", network.Options, Math.Min(BatchSize, count), training: false, diffusion.Device);
        var scale = guidance is { } given ? new Guidance(given) : null;
        var chosen = sampler ?? diffusion.Sampler;
        var settings = SampleSettings.Of(diffusion, chosen, scale, Seed, Math.Min(BatchSize, count));
        var set = new SampleSet(Path.Combine(Output, "samples"), settings, diffusion.Image, count, Training?.ClassNames ?? diffusion.ClassNames);
        written.Add(Path.Combine("samples", Path.GetFileName(set.Folder)));
        Say(set);
        using var features = Drawn();
        return Finish(
            set, features, new(name, null, count, set.Shape.ToString()), settings,
            result => result with { Loss = OfLoss(diffusion, stop), Bits = OfBits(diffusion, stop) }, stop);

        FeatureSet Drawn()
        {
            using var line = new ProgressLine("sampling");
            var maker = new SampleMaker(diffusion, set, chosen, scale, Seed) { Progress = line };
            return Pipeline().Run(
                token => maker.Batches(token).Index().Select(batch => Bytes(set, batch.Index, batch.Item)), count, Origin(name, null), null, stop);
        }
    }

    /// <summary>Evaluates images that there are.</summary>
    public EvaluationResult Run(IImageDataset images, string name, CancellationToken stop)
    {
        if (Training is not null && images.Shape != Training.Shape)
            throw new ArgumentException(
                $"The images must be {Training.Shape} (C x H x W), as those that they are compared with, but are {images.Shape}.");
        using var features = Features(images, images.Count, "features", Origin(name, null), stop);
        return Finish(images, features, new(name, null, images.Count, images.Shape.ToString()), null, result => result, stop);
    }

    private EvaluationResult Finish(
        IImageDataset images, FeatureSet features, ImagesUsed evaluated, SampleSettings? settings,
        Func<EvaluationResult, EvaluationResult> more, CancellationToken stop)
    {
        var measures = new Measures(Extractor.Space, Seed, stop);
        using var trained = Training is null ? null : Features(Training, Training.Count, "training images", Origin(Data, "train"), stop);
        // As many held-out images as evaluated ones, so that the figures can be compared.
        using var held = HeldOut is null ? null
            : Features(
                HeldOut, IsAgainstHeldOut ? HeldOut.Count : Math.Min(HeldOut.Count, images.Count), "held-out images", Origin(Data, "test"), stop);
        const string NoneHeldOut = "--split test needs held-out images, but there are none: --held_out takes a share of your own.";
        var (real, floor, split) = IsAgainstHeldOut
            ? (held ?? throw new ArgumentException(NoneHeldOut), null, "test")
            : (trained, held, "train");
        var statistics = Statistics is null ? real!.Statistics : OfFile(Statistics);
        var found = new List<Measure> { measures.Frechet(features, statistics, floor) };
        if (real is not null)
            found.AddRange(measures.ByImages(features, real, floor));
        var result = new EvaluationResult
        {
            Program = ProgramVersion.Text,
            Date = DateTime.UtcNow,
            Device = Device.ToString(),
            Evaluated = evaluated,
            Reference = Statistics is null
                ? new(Data, split, real!.Count, images.Shape.ToString())
                : new(statistics.Origin.Data ?? Path.GetFileName(Statistics), statistics.Origin.Split, statistics.Count, null),
            Sampling = settings,
            Features = Extractor.Space,
            Measures = found,
            Memorisation = trained is null ? null : Memorisation.Measure(images, features, Training!, trained, held, stop),
        };
        result = more(result);
        FeatureStatisticsFile.Save(Path.Combine(Output, "evaluated.npz"), features.Statistics);
        FeatureStatisticsFile.Save(Path.Combine(Output, "reference.npz"), statistics);
        TextFile.Write(Path.Combine(Output, "evaluation.json"), result.Json());
        TextFile.Write(Path.Combine(Output, "report.html"), new ReportPage(result, images, Training).Text());
        written.AddRange(["evaluated.npz", "reference.npz", "evaluation.json", "report.html"]);
        return result;
    }

    private FeatureStatistics OfFile(string path)
    {
        var read = FeatureStatisticsFile.Load(path);
        if (read.Width != Extractor.Space.Width)
            throw new ArgumentException(
                $"--reference must be of {Extractor.Space.Width} features, as those of {Extractor.Space.Name}, but {path} is of {read.Width}.");
        if (read.Origin.Space is { } space && space != Extractor.Space)
            throw new ArgumentException($"--reference must be of {Extractor.Space}, but {path} is of {space}.");
        return read;
    }

    private LossByStep? OfLoss(Diffusion diffusion, CancellationToken stop) =>
        Loss == 0 || Training is null || NeedsLabels(diffusion, Training) ? null : LossByStep.Measure(diffusion, Training, HeldOut, Loss, stop);

    private BitsUsed? OfBits(Diffusion diffusion, CancellationToken stop)
    {
        if (Bits == 0 || Training is null || NeedsLabels(diffusion, HeldOut ?? Training))
            return null;
        var (clock, most) = (Stopwatch.StartNew(), 1000);
        using var line = new ProgressLine("bits");
        return BitsUsed.Measure(diffusion, HeldOut ?? Training, HeldOut is not null, Bits, BatchSize, Seed,
            new Told<double>(share => line.Report(new SamplingProgress(Math.Max(1, (int)(share * most)), most, 0, clock.Elapsed))), stop);
    }

    // A network with classes and without a null class can only be asked with labels.
    private static bool NeedsLabels(Diffusion diffusion, IImageDataset images) =>
        diffusion.Denoiser.Traits is { Classes: > 0, NullClass: null } && Shown.Labels(diffusion, images, [.. Enumerable.Range(0, images.Count)]) is null;

    private FeatureSet Features(IImageDataset images, int count, string title, StatisticsOrigin origin, CancellationToken stop)
    {
        using var line = new ProgressLine(title);
        var clock = Stopwatch.StartNew();
        return Pipeline().Run(
            token => ImageBatches.Of(images, count, BatchSize, token), count, origin,
            new Told<int>(done => line.Report(new ReadingProgress(done, count, clock.Elapsed))), stop);
    }

    // What is made of pixels in no time is not worth a file.
    private FeaturePipeline Pipeline() => new(
        Extractor is PixelFeatures or RandomProjectionFeatures ? Extractor : new CachedFeatures(Extractor, Path.Combine(Output, "features")), Output);

    private StatisticsOrigin Origin(string data, string? split) => new()
        { Data = data, Split = split, Resize = Extractor.Space.Resize, Space = Extractor.Space, Program = ProgramVersion.Text };

    // The last batch is whole on the disk, and may have more than are wanted.
    private static Tensor Bytes(SampleSet set, int index, byte[] images)
    {
        var wanted = Math.Min(set.BatchSize, set.Count - index * set.BatchSize);
        return tensor(images[..(int)(wanted * set.Shape.Values)], set.Shape.Batch(wanted), dtype: ScalarType.Byte);
    }

    private static void Say(SampleSet set)
    {
        var there = Enumerable.Range(0, set.Chunks).Count(set.IsThere);
        if (there > 0)
            Console.WriteLine($"going on with {set.Folder}: {there} of {set.Chunks} batches are there");
        else if (set.Others.Count > 0)
            Console.WriteLine($"drawing a new set into {set.Folder}: the {set.Others.Count} beside it are of other weights or settings");
    }
}
