using System.Text.Json.Nodes;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models;

/// <summary>Networks of an application's own, which it registers so that they can be saved and loaded.</summary>
public class NetworkKindsTests
{
    /// <summary>What a <see cref="Filter"/> is made by.</summary>
    private sealed record FilterOptions
    {
        public int Reach { get; init; } = 1;

        /// <summary>Whether it keeps its image's shape to itself.</summary>
        public bool HidesImage { get; init; }
    }

    /// <summary>Options that JSON cannot hold: a function, or what it cannot make again.</summary>
    private sealed record OddOptions
    {
        public Func<int>? Function { get; init; }

        public Stream? Stream { get; init; }
    }

    private sealed class Filter : nn.Module, IDenoiser
    {
        private readonly TorchSharp.Modules.Conv2d conv;
        private readonly NetworkDescription? description;
        private readonly bool hidesImage;
        private readonly Tensor weight;

        internal Filter(int reach, NetworkDescription? description, ulong seed = 0, bool hidesImage = false)
            : base(nameof(Filter))
        {
            (this.description, this.hidesImage) = (description, hidesImage);
            conv = nn.Conv2d(1, 1, kernel_size: 2 * reach + 1, padding: reach);
            weight = conv.weight!;
            RegisterComponents();
            using var generator = new Generator(seed);
            using var noGrad = no_grad();
            foreach (var weight in parameters())
                weight.normal_(0, 0.1, generator);
        }

        /// <summary>Whether it is disposed.</summary>
        internal bool IsFreed => weight.IsInvalid;

        public NetworkTraits Traits => new() { Image = hidesImage ? null : Shape };

        public NetworkDescription? Description => description;

        public Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null) => conv.call(x);
    }

    private const string Kind = "tests-filter", OddKind = "tests-odd";
    private static readonly ImageShape Shape = new(1, 4, 4);

    private static Filter? lastMade;

    private static Filter Make(FilterOptions options, ulong seed) =>
        lastMade = new(options.Reach, new(Kind, options), seed, options.HidesImage);

    // What is registered stays so for the life of the process: twice the same is no fault.
    [OneTimeSetUp]
    public void Register()
    {
        NetworkKinds.Register<FilterOptions>(Kind, Make);
        NetworkKinds.Register<FilterOptions>(Kind, Make);
        NetworkKinds.Register<OddOptions>(OddKind, (options, seed) => new Filter(1, new(OddKind, options), seed));
    }

    private static Diffusion Model(FilterOptions? options = null) =>
        new DiffusionBuilder().WithLinearSchedule(20, 0.01, 0.4).WithNetwork(new(Kind, options ?? new())).WithDdim(5).WithSeed(3).Build();

    private static Diffusion Holding(IDenoiser network) =>
        new DiffusionBuilder().WithLinearSchedule(20, 0.01, 0.4).WithDenoiser(network, Shape).WithDdim(5).Build();

    [Test]
    public void Names_AreInOrder_AndTheUNetIsOne()
    {
        Assert.That(NetworkKinds.Names, Is.SupersetOf(new[] { Kind, "unet" }));
        Assert.That(NetworkKinds.Names, Is.Ordered.Using((IComparer<string>)StringComparer.Ordinal).And.Unique);
    }

    [Test]
    public void Register_OfANameThatIsTakenOrNone_IsRefused()
    {
        Assert.That(() => NetworkKinds.Register<OddOptions>(Kind, (_, _) => null!), Throws.ArgumentException.With.Message.Contains(Kind));
        Assert.That(() => NetworkKinds.Register<FilterOptions>("unet", Make), Throws.ArgumentException.With.Message.Contains("unet"));
        Assert.That(() => NetworkKinds.Register<FilterOptions>(" ", Make), Throws.ArgumentException);
        Assert.That(() => NetworkKinds.Register<FilterOptions>("tests-none", null!), Throws.ArgumentNullException);
        Assert.That(NetworkKinds.Names, Has.None.EqualTo("tests-none"));
    }

    [Test]
    public void Built_ItHasTheWeightsOfTheSeed_AndIsTheDiffusions()
    {
        using var expected = Make(new(), 3);
        var model = Model();
        Assert.That((model.Image, model.IsUntrained), Is.EqualTo((Shape, true)));
        Assert.That(model.Denoiser, Is.TypeOf<Filter>());
        foreach (var (mine, its) in model.Denoiser.Network!.parameters().Zip(expected.parameters()))
            Expect.Same(mine, its);
        Assert.That(lastMade!.IsFreed, Is.False);
        model.Dispose();
        Assert.That(lastMade.IsFreed, Is.True);
    }

    [Test]
    public void TrainedThenSavedThenLoaded_ItIsTheSameModelAndBytes()
    {
        using var scope = NewDisposeScope();
        using TemporaryFolder folder = new(), again = new();
        using var model = Model(new() { Reach = 2 });
        model.Train(new() { Steps = 3, BatchSize = 2, WarmupSteps = 0 }, new ImageDataset(Shape, [.. Enumerable.Range(0, 64).Select(i => (byte)i)]));
        model.Save(folder.Path);
        using var loaded = Diffusion.FromPretrained(folder.Path);
        Assert.That(loaded.Denoiser.Description, Is.EqualTo(new NetworkDescription(Kind, new FilterOptions { Reach = 2 })));
        Assert.That(loaded.IsUntrained, Is.False);
        Expect.Same(loaded.Sample(2, seed: 0), model.Sample(2, seed: 0));
        loaded.Save(again.Path);
        foreach (var part in (string[])["ddpm.json", "model.safetensors"])
            Assert.That(File.ReadAllBytes(again.File(part)), Is.EqualTo(File.ReadAllBytes(folder.File(part))));
        Assert.That(() => model.SavePretrained(again.File("pipeline")), Throws.InvalidOperationException);
    }

    [Test]
    public void Save_OfWhatCannotBeLoadedAgain_NamesTheRuleAndWritesNothing()
    {
        using var folder = new TemporaryFolder();
        using var stream = new MemoryStream();
        foreach (var (description, rule) in new (NetworkDescription?, string)[]
        {
            (null, "describes itself"), (new("tests-unknown", new FilterOptions()), "registered kind"), (new(Kind, new OddOptions()), "OddOptions"),
            (new(OddKind, new OddOptions { Function = () => 1 }), "plain data"), (new(OddKind, new OddOptions { Stream = stream }), "plain data"),
        })
        {
            using var network = new Filter(1, description);
            using var model = Holding(network);
            Assert.That(() => model.Save(folder.File("model")), Throws.InvalidOperationException.With.Message.Contains(rule), rule);
            Assert.That(Directory.GetFileSystemEntries(folder.Path), Is.Empty, rule);
        }
    }

    [Test]
    public void Build_OfAKindThatIsNotRegistered_NamesThoseThatAre() =>
        Assert.That(() => new DiffusionBuilder().WithNetwork(new("tests-unknown", new FilterOptions())).Build(),
            Throws.TypeOf<DiffusionConfigurationException>().With.Message.Contains("tests-unknown").And.Message.Contains(Kind));

    [Test]
    public void Build_OfOptionsOfAnotherKind_NamesTheRule() =>
        Assert.That(() => new DiffusionBuilder().WithNetwork(new(Kind, new OddOptions())).Build(),
            Throws.TypeOf<DiffusionConfigurationException>().With.Message.Contains("FilterOptions").And.Message.Contains("OddOptions"));

    [Test]
    public void Build_OfANetworkThatDoesNotSayItsImage_NamesTheRuleAndFreesIt()
    {
        Assert.That(() => Model(new() { HidesImage = true }), Throws.InvalidOperationException.With.Message.Contains("shape of its images"));
        Assert.That(lastMade!.IsFreed, Is.True);
    }

    [Test]
    public void UNetSettings_OfAnotherKind_AreRefused() =>
        Assert.That(() => new DiffusionBuilder().WithNetwork(new(Kind, new FilterOptions())).WithClasses(3).WithSelfConditioning().Build(),
            Throws.TypeOf<DiffusionConfigurationException>().With.Message.Contains("Classes are for a UNet")
                .And.Message.Contains("Self-conditioning is for a UNet"));

    [TestCase("\"kind\": \"tests-filter\"", "\"kind\": \"System.Diagnostics.Process\"", "must be registered")]
    [TestCase("\"kind\": \"tests-filter\"", "\"kind\": \"unet\"", "reach")]
    [TestCase("\"kind\": \"tests-filter\"", "\"kind\": null", "kind")]
    [TestCase("\"kind\": \"tests-filter\",", "", "kind")]
    [TestCase("\"reach\": 1", "\"reach\": 2", "conv.weight")]
    [TestCase("\"reach\": 1", "\"reach\": \"far\"", "reach")]
    [TestCase("\"reach\": 1", "\"reach\": 1, \"$type\": \"System.IO.FileInfo\"", "$type")]
    [TestCase("\"reach\": 1", "\"reach\": -1", "")]
    public void Load_OfAChangedDescription_IsRefused(string old, string changed, string named)
    {
        using var folder = new TemporaryFolder();
        using var model = Model();
        model.Save(folder.Path);
        var path = folder.File("ddpm.json");
        var text = File.ReadAllText(path);
        Assert.That(text, Does.Contain(old));
        File.WriteAllText(path, text.Replace(old, changed, StringComparison.Ordinal));
        Assert.That(() => Diffusion.FromPretrained(folder.Path), Throws.TypeOf<DataFormatException>().With.Message.Contains(named));
    }

    [Test]
    public void Load_OfOptionsThatAreNull_IsRefused()
    {
        using var folder = new TemporaryFolder();
        using var model = Model();
        model.Save(folder.Path);
        var description = JsonNode.Parse(File.ReadAllText(folder.File("ddpm.json")))!;
        description["network"]!["options"] = null;
        File.WriteAllText(folder.File("ddpm.json"), description.ToJsonString());
        Assert.That(() => Diffusion.FromPretrained(folder.Path), Throws.TypeOf<DataFormatException>().With.Message.Contains("options"));
    }

    [TestCase("missing", "'conv.bias'")]
    [TestCase("extra", "'more' is not of this network")]
    [TestCase("shape", "'conv.weight'")]
    [TestCase("type", "'conv.weight'")]
    public void Load_OfOtherWeights_NamesThemAndFreesTheNetwork(string change, string named)
    {
        using var folder = new TemporaryFolder();
        using var model = Model();
        model.Save(folder.Path);
        using (NewDisposeScope())
        {
            var weights = model.Denoiser.Network!.state_dict();
            if (change == "missing")
                weights.Remove("conv.bias");
            else
                weights[change == "extra" ? "more" : "conv.weight"] = change == "type" ? weights["conv.weight"].@double() : zeros(3);
            SafetensorsWriter.Write(folder.File("model.safetensors"), weights);
        }
        Assert.That(() => Diffusion.FromPretrained(folder.Path), Throws.TypeOf<DataFormatException>().With.Message.Contains(named));
        Assert.That(lastMade!.IsFreed, Is.True);
    }

    [TestCase(0)]
    [TestCase(7)]
    [TestCase(60)]
    [TestCase(-1)]
    public void Load_OfATruncatedFile_IsRefused(int length)
    {
        using var folder = new TemporaryFolder();
        using var model = Model();
        model.Save(folder.Path);
        var path = folder.File("model.safetensors");
        var bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, length < 0 ? bytes[..^-length] : bytes[..length]);
        Assert.That(() => Diffusion.FromPretrained(folder.Path), Throws.TypeOf<DataFormatException>());
        Assert.That(lastMade!.IsFreed, Is.True);
    }
}
