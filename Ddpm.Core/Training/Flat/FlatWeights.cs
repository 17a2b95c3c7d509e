using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ddpm.Training;

/// <summary>
/// The weights that a run trains as one tensor, and their gradient as another: the network's own are views of the first, so that a rule, a norm or
/// an average is one pass over memory. With lower precision the network has a copy of them in that type while it computes, and only then.
/// </summary>
internal sealed class FlatWeights : IDisposable
{
    private readonly Parameter[] parameters;
    private readonly Tensor? copy;          // what the network computes with, if not the weights themselves

    /// <param name="module">Its weights that require a gradient, at least one, move here.</param>
    /// <param name="channelsLast">How its convolutions use them (<see cref="FlatLayout.Of"/>).</param>
    /// <param name="precision">Of the copy that it computes with.</param>
    /// <exception cref="ArgumentException">They are of several types or devices, or not of float32 where a copy is needed.</exception>
    internal FlatWeights(nn.Module module, bool channelsLast, TrainingPrecision precision = TrainingPrecision.Float32)
    {
        var trained = module.named_parameters().Where(named => named.parameter.requires_grad)
            .DistinctBy(named => named.parameter.Handle).ToArray();
        parameters = [.. trained.Select(named => named.parameter)];
        var (type, device) = (parameters[0].dtype, parameters[0].device);
        if (trained.FirstOrDefault(named => named.parameter.dtype != type || $"{named.parameter.device}" != $"{device}")
            is { parameter: { } other } odd)
            throw new ArgumentException(
                $"Weights to train must be of one type and on one device, but '{trained[0].name}' is {type} on {device} and '{odd.name}' "
                + $"{other.dtype} on {other.device}.", nameof(module));
        if (precision == TrainingPrecision.BFloat16)
            ComputeType.CheckBFloat16(type);
        Layout = FlatLayout.Of([.. trained.Select(named => (named.name, (Tensor)named.parameter))], channelsLast);
        Device = device;
        Values = zeros(Layout.Length, type, device).DetachFromDisposeScope();
        Gradient = zeros(Layout.Length, type, device).DetachFromDisposeScope();
        copy = precision == TrainingPrecision.BFloat16 ? zeros(Layout.Length, ScalarType.BFloat16, device).DetachFromDisposeScope() : null;
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
            if (parameter.dtype == flat.dtype)
                parameter.set_(Layout.View(flat, i));
            else
                ComputeType.Replace(parameter, Layout.View(flat, i));
    }

    /// <summary>
    /// The network's weights become those that it computes with, the newest ones rounded, until the result is disposed. At any other time it has
    /// the weights themselves, or an average: whoever draws, saves or looks at it meanwhile sees nothing of the copy.
    /// </summary>
    /// <returns>null: it computes with the weights themselves.</returns>
    internal IDisposable? BeginPass()
    {
        if (copy is null)
            return null;
        using var noGrad = no_grad();
        copy.copy_(Values);
        PutIn(copy);
        return new Pass(this);
    }

    /// <summary>
    /// Moves the gradients that a backward pass left into <see cref="Gradient"/>, in its type, and frees them, so that the next pass need not add.
    /// </summary>
    /// <param name="adds">Whether they are added to what is there: of a further part of a batch.</param>
    internal void TakeGradient(bool adds = false)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (i, parameter) in parameters.Index())
        {
            var view = Layout.View(Gradient, i);
            if (parameter.grad is not { } gradient)
            {
                if (!adds)
                    view.zero_();
                continue;
            }
            if (adds)
                view.PlusInPlace(gradient);
            else
                view.copy_(gradient);
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
        copy?.Dispose();
    }

    private sealed class Pass(FlatWeights weights) : IDisposable
    {
        public void Dispose() => weights.PutIn(weights.Values);
    }
}
