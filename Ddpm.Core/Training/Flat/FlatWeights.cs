using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ddpm.Training;

/// <summary>
/// The weights that a run trains as one tensor, and their gradient as another: the network's own are views of the first, so that a rule, a norm or
/// an average is one pass over memory.
/// </summary>
internal sealed class FlatWeights : IDisposable
{
    private readonly Parameter[] parameters;

    /// <param name="module">Its weights that require a gradient move here.</param>
    /// <param name="channelsLast">How its convolutions use them (<see cref="FlatLayout.Of"/>).</param>
    /// <exception cref="ArgumentException">There are none, or they are of several types or devices.</exception>
    internal FlatWeights(nn.Module module, bool channelsLast)
    {
        var trained = module.named_parameters().Where(named => named.parameter.requires_grad)
            .DistinctBy(named => named.parameter.Handle).ToArray();
        if (trained.Length == 0)
            throw new ArgumentException("The denoiser has no weights to train.", nameof(module));
        parameters = [.. trained.Select(named => named.parameter)];
        var (type, device) = (parameters[0].dtype, parameters[0].device);
        if (trained.FirstOrDefault(named => named.parameter.dtype != type || $"{named.parameter.device}" != $"{device}") is { parameter: { } other } odd)
            throw new ArgumentException(
                $"Weights to train must be of one type and on one device, but '{trained[0].name}' is {type} on {device} and '{odd.name}' "
                + $"{other.dtype} on {other.device}.", nameof(module));
        Layout = FlatLayout.Of([.. trained.Select(named => (named.name, (Tensor)named.parameter))], channelsLast);
        Device = device;
        Values = zeros(Layout.Length, type, device).DetachFromDisposeScope();
        Gradient = zeros(Layout.Length, type, device).DetachFromDisposeScope();
        Adopt();
    }

    internal FlatLayout Layout { get; }

    internal Device Device { get; }

    /// <summary>The weights in training.</summary>
    internal Tensor Values { get; }

    /// <summary>What <see cref="TakeGradient"/> took.</summary>
    internal Tensor Gradient { get; }

    /// <summary>Takes over what the network holds now, in case somebody has given it other tensors.</summary>
    internal void Adopt()
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (i, parameter) in parameters.Index())
            Layout.View(Values, i).copy_(parameter);
        PutIn(Values);
    }

    /// <summary>Makes the network's weights views of a tensor of this layout. No value is copied.</summary>
    internal void PutIn(Tensor flat)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (i, parameter) in parameters.Index())
            parameter.set_(Layout.View(flat, i));
    }

    /// <summary>Copies the gradients that a backward pass left into <see cref="Gradient"/> and frees them, so that the next pass need not add.</summary>
    internal void TakeGradient()
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (i, parameter) in parameters.Index())
        {
            var view = Layout.View(Gradient, i);
            if (parameter.grad is { } gradient)
                view.copy_(gradient);
            else
                view.zero_();
            parameter.grad = null;
        }
    }

    /// <summary>Frees what a pass that failed has left.</summary>
    internal void DropGradients()
    {
        foreach (var parameter in parameters.Where(parameter => !parameter.IsInvalid))
            parameter.grad = null;
    }

    /// <summary>The network keeps the weights that it has.</summary>
    public void Dispose()
    {
        DropGradients();
        Values.Dispose();
        Gradient.Dispose();
    }
}
