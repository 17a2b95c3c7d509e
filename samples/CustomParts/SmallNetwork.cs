using Ddpm;
using Ddpm.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Samples;

/// <summary>A network of one's own: convolutions that see far, each told t. It trains, and is saved and loaded, as the library's.</summary>
internal sealed class SmallNetwork : nn.Module, IDenoiser
{
    private readonly SmallNetworkOptions options;
    private readonly TorchSharp.Modules.Conv2d enter, leave;
    private readonly TorchSharp.Modules.ModuleList<nn.Module<Tensor, Tensor>> inside, times;

    public SmallNetwork(SmallNetworkOptions options, ulong seed)
        : base(nameof(SmallNetwork))
    {
        var (width, reach) = (options.Width, (int[])[1, 2, 4, 8]);
        this.options = options;
        enter = nn.Conv2d(1, width, kernel_size: 3, padding: 1);
        inside = new([.. reach.Select(step => nn.Conv2d(width, width, kernel_size: 3, padding: step, dilation: step))]);
        times = new([.. reach.Select(_ => nn.Sequential(nn.Linear(1, width), nn.SiLU(), nn.Linear(width, width)))]);
        leave = nn.Conv2d(width, 1, kernel_size: 3, padding: 1);
        RegisterComponents();
        using var generator = new Generator(seed);
        using var noGrad = no_grad();
        foreach (var weight in parameters())
            weight.normal_(0, weight.dim() == 1 ? 0 : Math.Sqrt(1.0 * weight.shape[0] / weight.numel()), generator);
    }

    public NetworkTraits Traits => new() { Image = new(1, options.Size, options.Size), OutputChannels = 1, Classes = 0 };

    public NetworkDescription Description => new("small-network", options);

    /// <summary>Once, before one is built or loaded by its description.</summary>
    public static void Register() => NetworkKinds.Register<SmallNetworkOptions>("small-network", (options, seed) => new SmallNetwork(options, seed));

    public Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null)
    {
        using var scope = NewDisposeScope();
        var h = enter.call(x);
        foreach (var (see, tell) in inside.Zip(times))
            h = h + see.call(nn.functional.silu(h + tell.call(t.view(-1, 1) / 100).unsqueeze(-1).unsqueeze(-1)));
        return leave.call(nn.functional.silu(h)).MoveToOuterDisposeScope();
    }
}
