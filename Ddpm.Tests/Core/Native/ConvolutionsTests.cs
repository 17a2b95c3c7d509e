using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Native;

/// <summary>Convolutions in float32 against the same in float64, once the library has seen to them.</summary>
public class ConvolutionsTests
{
    // Widths of one block of oneDNN's layouts or several, whole ones and not.
    [Test]
    public void Convolution_OfAnyShape_AndItsGradients_AreRight(
        [Values(3, 8, 24, 48)] int from, [Values(1, 16, 40)] int to, [Values(4, 32)] int edge, [Values(1, 2)] int stride)
    {
        Convolutions.Ensure();
        using var scope = NewDisposeScope();
        using var generator = new Generator(0);
        var x = randn([2, from, edge, edge], generator: generator);
        var weight = randn([to, from, 3, 3], generator: generator);
        Tensor[] Results(ScalarType type)
        {
            var (image, kernel) = (x.to(type).detach().requires_grad_(), weight.to(type).detach().requires_grad_());
            var y = nn.functional.conv2d(image, kernel, strides: [stride, stride], padding: [1, 1]);
            return [y, .. autograd.grad([y], [image, kernel], [CosineNoise.Draw(1, y.shape).to(type)])];
        }
        foreach (var (found, right) in Results(ScalarType.Float32).Zip(Results(ScalarType.Float64)))
            Expect.RelativelyClose(found.to(ScalarType.Float64), right, 1e-5);      // float32 sums of up to 2,048 terms
    }

    [Test]
    public void Ensure_LeavesConvolutionsRight()
    {
        Convolutions.Ensure();
        Assert.That(Convolutions.LargestError(), Is.LessThan(1e-5));       // float32
    }

    [Test]
    public void LargestError_LeavesNothingAlive() => Expect.NoLeak(() => Convolutions.LargestError());
}
