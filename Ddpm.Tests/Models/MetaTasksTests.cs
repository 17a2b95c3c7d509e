using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models;

/// <summary>Every task on the META device, which has no numbers: nothing is read from it, and images of the host are moved to it first.</summary>
public class MetaTasksTests
{
    private readonly MetaNetwork network = new() { Classes = 4, TakesEstimate = true };

    private static readonly SamplingOptions Options = new() { Labels = [0, 1, 2], Guidance = new Guidance(2), BatchSize = 2 };

    [OneTimeTearDown]
    public void DisposeNetwork() => network.Dispose();

    public delegate Tensor Job(Diffusion model, Tensor images);

    private static readonly TestCaseData<Job>[] Jobs =
    [
        new((model, _) => model.Sample(3, Options)) { TestName = "{m}(Sample)" },
        new((model, _) => model.Stream(3, Options).Last().X) { TestName = "{m}(Stream)" },
        new((model, images) => model.Denoise(images, 12, Options).Last().X) { TestName = "{m}(Denoise)" },
        new((model, images) => model.ImageToImage(images, 0, Options)) { TestName = "{m}(ImageToImage 0)" },
        new((model, images) => model.ImageToImage(images, 0.6, Options)) { TestName = "{m}(ImageToImage)" },
        new((model, images) => model.Inpaint(images, images.gt(0), new() { JumpLength = 3, Resamplings = 2 }, Options)) { TestName = "{m}(Inpaint)" },
        new((model, images) => model.Inpaint(images, images.gt(0), new() { Resamplings = 1 }, Options)) { TestName = "{m}(Inpaint once)" },
        new((model, images) => model.Interpolate(images[..1], images[1..2], 12, 3, options: Options)) { TestName = "{m}(Interpolate)" },
        new((model, images) => model.Interpolate(images[..1], images[1..2], 12, 3, InterpolationKind.Spherical, Options))
            { TestName = "{m}(Interpolate spherically)" },
        new((model, images) => model.Encode(images, 5, Options with { Guidance = null })) { TestName = "{m}(Encode)" },
        new((model, images) => model.Decode(images, 5, Options)) { TestName = "{m}(Decode)" },
    ];

    [Test]
    public void ANetworkThatIsMovedAfterBuilding_IsFollowed()
    {
        using var scope = NewDisposeScope();
        using var moved = new Devices.PixelwiseNetwork(CPU, count: 0);
        using var model = new DiffusionBuilder().WithLinearSchedule(20).WithDenoiser(moved, new ImageShape(3, 4, 4)).Build();
        Assert.That((model.Device.type, model.Sample(seed: 0).device_type), Is.EqualTo((DeviceType.CPU, DeviceType.CPU)));
        moved.to(META);
        Assert.That((model.Device.type, model.Sample(seed: 0).device_type), Is.EqualTo((DeviceType.META, DeviceType.META)));
    }

    [TestCaseSource(nameof(Jobs))]
    public void EveryTask_OnMeta_ReadsNothing(Job job)
    {
        using var scope = NewDisposeScope();
        using var model = new DiffusionBuilder().WithLinearSchedule(20).WithDenoiser(network, new ImageShape(3, 4, 4)).WithDynamicThresholding()
            .Build();
        Assert.That(model.Device.type, Is.EqualTo(DeviceType.META), "where the network is");
        foreach (var images in (Tensor[])[CosineNoise.Draw(0, 3, 3, 4, 4), zeros(3, 3, 4, 4, device: META)])
        {
            var drawn = job(model, images);
            Assert.That((drawn.device_type, drawn.dtype), Is.EqualTo((DeviceType.META, ScalarType.Float32)));
            Assert.That(drawn.shape, Is.EqualTo(new long[] { 3, 3, 4, 4 }));
        }
    }

    [Test]
    public void Diffuse_OnMeta_ReadsNothing()
    {
        using var scope = NewDisposeScope();
        var x0 = zeros(3, 3, 4, 4, device: META);
        using var model = new DiffusionBuilder().WithLinearSchedule(20).WithDenoiser(network, new ImageShape(3, 4, 4)).Build();
        var before = Upload.Count;
        Assert.That(model.Diffuse(x0, 5).device_type, Is.EqualTo(DeviceType.META));
        Assert.That(Upload.Count - before, Is.Zero, "the noise is made there");
        var noise = zeros_like(x0);
        Assert.That(model.Process.Diffuse(x0, [1, 2, 3], noise).device_type, Is.EqualTo(DeviceType.META));
        Assert.That(Parameterization.V.Target(model.Process, x0, [1, 2, 3], noise).device_type, Is.EqualTo(DeviceType.META));
    }
}
