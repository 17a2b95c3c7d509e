using Ddpm.Tests.Core.Samplers;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Devices;

/// <summary>The bound reads nothing from the device either, in the step to the data too, whose term is another one.</summary>
public class BoundOnMetaTests
{
    private static readonly GaussianDiffusion Process = new(new LinearSchedule(100, 1e-3, 0.2));

    [TestCase(0, 0), TestCase(0, 50), TestCase(50, 99)]
    public void PerImage_OfTheBound_StaysOnTheDevice(int first, int second)
    {
        using var scope = NewDisposeScope();
        using var network = new PixelwiseNetwork(META, outputs: 6, count: 0);
        foreach (var loss in new[] { new TrainingLoss { Kind = LossKind.VariationalBound }, new TrainingLoss { BoundWeight = 0.001 } })
        {
            var perImage = loss.PerImage(Process, network, zeros(2, 3, 8, 8, device: META), [first, second], zeros(2, 3, 8, 8, device: META),
                parameterization: StepVariance.LearnedRange.Epsilon());
            perImage.mean().backward();
            Assert.That((perImage.device_type, perImage.shape), Is.EqualTo((DeviceType.META, new long[] { 2 })));
        }
    }

    // The term as it would be written where every device has torch.where: the same bits, value and gradient.
    [Test]
    public void ChooseBy_IsWhere()
    {
        using var scope = NewDisposeScope();
        var (first, second) = (CosineNoise.Draw(1, 2, 3, 8, 8).requires_grad_(), CosineNoise.Draw(2, 2, 3, 8, 8).requires_grad_());
        var mask = CosineNoise.Draw(3, 2, 1, 8, 8) > 0;
        (Tensor Value, Tensor First, Tensor Second) Both(Func<Tensor> choose)
        {
            var value = choose();
            value.square().sum().backward();
            var gradients = (first.grad!.clone(), second.grad!.clone());
            first.grad!.zero_();
            second.grad!.zero_();
            return (value.detach(), gradients.Item1, gradients.Item2);
        }
        var (ours, theirs) = (Both(() => Choose.By(mask, first, second)), Both(() => where(mask, first, second)));
        Expect.Same(ours.Value, theirs.Value);
        Expect.Same(ours.First, theirs.First);
        Expect.Same(ours.Second, theirs.Second);
        // Whatever the other is where it is not chosen.
        Assert.That(Choose.By(mask, first.detach(), (second / 0).detach().masked_fill(mask.eq(0), 1)).isfinite().all().item<bool>(), Is.True);
    }
}
