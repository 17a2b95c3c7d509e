using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Training;

public class LossDifferencesTests
{
    private static readonly GaussianDiffusion Process = new(new LinearSchedule());

    // Differences on both sides of 1, of 0 and of exactly 1.
    [Test]
    public void PerImage_HasTheBitsOfLibtorchsOwnLoss([Values(LossKind.L1, LossKind.L2, LossKind.SmoothL1)] LossKind kind)
    {
        using var scope = NewDisposeScope();
        var (x0, noise) = (zeros(3, 2, 4, 4), zeros(3, 2, 4, 4));
        var output = (2 * CosineNoise.Draw(3, 3, 2, 4, 4)).index_fill(3, tensor(0L), 1).index_fill(2, tensor(0L), 0).requires_grad_();
        (Tensor, Tensor) Of(Func<Tensor> perImage)
        {
            var loss = perImage();
            return (loss, autograd.grad([loss.sum()], [output])[0]);
        }
        var (found, gradient) = Of(() => new TrainingLoss { Kind = kind }.PerImage(Process, new Given(output), x0, [1, 2, 3], noise));
        var (right, itsGradient) = Of(() => (kind switch
        {
            LossKind.L1 => nn.functional.l1_loss(output, noise, nn.Reduction.None),
            LossKind.SmoothL1 => nn.functional.smooth_l1_loss(output, noise, nn.Reduction.None),
            _ => nn.functional.mse_loss(output, noise, nn.Reduction.None),
        }).flatten(1).mean([1]));
        Expect.Same(found, right);
        Expect.Same(gradient, itsGradient);
    }

    private sealed class Given(Tensor output) : IDenoiser
    {
        public Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null) => output.alias();
    }
}
