using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ddpm.Benchmarks;

/// <summary>
/// The network of the paper as one writes it down in TorchSharp: its modules one by one, images as [N, C, H, W]. What the library's is measured
/// against.
/// </summary>
internal sealed partial class PlainUNet : nn.Module<Tensor, Tensor, Tensor>
{
    private const double Epsilon = 1e-6, Dropout = 0.1;

    private readonly int features;
    private readonly Linear time1, time2;
    private readonly Conv2d first, last;
    private readonly GroupNorm lastNorm;
    private readonly ModuleList<nn.Module> down = new(), up = new();
    private readonly Residual middle1, middle2;
    private readonly Attention middleAttention;

    internal PlainUNet(UNetOptions options)
        : base(nameof(PlainUNet))
    {
        (features, var groups, var width) = (options.Channels, options.Groups, (long)options.Channels);
        var time = 4 * options.Channels;
        (time1, time2) = (nn.Linear(features, time), nn.Linear(time, time));
        first = nn.Conv2d(options.Image.Channels, width, 3, padding: 1);
        var skips = new Stack<long>([width]);
        var levels = options.Multipliers.Count;
        long Width(int level) => (long)(options.Channels * options.Multipliers[level]);
        bool Attends(int level) => options.Image.Height >> level == 16;
        for (var level = 0; level < levels; level++)
        {
            for (var i = 0; i < options.BlocksPerLevel; i++, skips.Push(width))
                down.Add(new Block(width, width = Width(level), time, groups, Attends(level)));
            if (level == levels - 1)
                continue;
            down.Add(nn.Conv2d(width, width, 3, stride: 2, padding: 1));
            skips.Push(width);
        }
        (middle1, middleAttention, middle2) = (new(width, width, time, groups), new(width, groups), new(width, width, time, groups));
        for (var level = levels - 1; level >= 0; level--)
        {
            for (var i = 0; i <= options.BlocksPerLevel; i++)
                up.Add(new Block(width + skips.Pop(), width = Width(level), time, groups, Attends(level)));
            if (level > 0)
                up.Add(nn.Conv2d(width, width, 3, padding: 1));
        }
        (lastNorm, last) = (nn.GroupNorm(groups, width, Epsilon), nn.Conv2d(width, options.Image.Channels, 3, padding: 1));
        RegisterComponents();
        foreach (var norm in modules().OfType<GroupNorm>())
        {
            nn.init.ones_(norm.weight);             // TorchSharp's own begin with whatever lies in memory
            nn.init.zeros_(norm.bias);
        }
    }

    public override Tensor forward(Tensor x, Tensor t)
    {
        using var scope = NewDisposeScope();
        var half = features / 2;
        var angles = t.unsqueeze(1) * (arange(half, dtype: ScalarType.Float32, device: t.device) * (-Math.Log(10000) / (half - 1))).exp();
        var waves = cat([angles.sin(), angles.cos()], 1).to(x.dtype);
        var time = nn.functional.silu(time2.call(nn.functional.silu(time1.call(waves))));
        var h = first.call(x);
        var skips = new Stack<Tensor>([h]);
        foreach (var part in down)
            skips.Push(h = part is Block block ? block.call(h, time) : ((Conv2d)part).call(h));
        h = middle2.call(middleAttention.call(middle1.call(h, time)), time);
        foreach (var part in up)
            h = part is Block block
                ? block.call(cat([h, skips.Pop()], 1), time)
                : ((Conv2d)part).call(nn.functional.interpolate(h, scale_factor: [2, 2], mode: InterpolationMode.Nearest));
        return last.call(nn.functional.silu(lastNorm.call(h))).MoveToOuterDisposeScope();
    }

    private sealed class Block : nn.Module<Tensor, Tensor, Tensor>
    {
        private readonly Residual residual;
        private readonly Attention? attention;

        internal Block(long input, long output, long time, long groups, bool attends)
            : base(nameof(Block))
        {
            (residual, attention) = (new(input, output, time, groups), attends ? new(output, groups) : null);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x, Tensor time) => attention is null ? residual.call(x, time) : attention.call(residual.call(x, time));
    }

    private sealed class Residual : nn.Module<Tensor, Tensor, Tensor>
    {
        private readonly GroupNorm norm1, norm2;
        private readonly Conv2d conv1, conv2;
        private readonly Conv2d? shortcut;
        private readonly Linear shift;
        private readonly TorchSharp.Modules.Dropout dropout = nn.Dropout(Dropout);

        internal Residual(long input, long output, long time, long groups)
            : base(nameof(Residual))
        {
            (norm1, norm2) = (nn.GroupNorm(groups, input, Epsilon), nn.GroupNorm(groups, output, Epsilon));
            (conv1, conv2) = (nn.Conv2d(input, output, 3, padding: 1), nn.Conv2d(output, output, 3, padding: 1));
            (shift, shortcut) = (nn.Linear(time, output), input == output ? null : nn.Conv2d(input, output, 1));
            RegisterComponents();
        }

        public override Tensor forward(Tensor x, Tensor time)
        {
            using var scope = NewDisposeScope();
            var h = conv1.call(nn.functional.silu(norm1.call(x))) + shift.call(time).unsqueeze(-1).unsqueeze(-1);
            h = conv2.call(dropout.call(nn.functional.silu(norm2.call(h))));
            return (h + (shortcut is null ? x : shortcut.call(x))).MoveToOuterDisposeScope();
        }
    }

    private sealed class Attention : nn.Module<Tensor, Tensor>
    {
        private readonly GroupNorm norm;
        private readonly Conv2d query, key, value, output;

        internal Attention(long width, long groups)
            : base(nameof(Attention))
        {
            norm = nn.GroupNorm(groups, width, Epsilon);
            (query, key, value, output) = (nn.Conv2d(width, width, 1), nn.Conv2d(width, width, 1), nn.Conv2d(width, width, 1), nn.Conv2d(width, width, 1));
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            using var scope = NewDisposeScope();
            var (n, c, h, w) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3]);
            var normed = norm.call(x);
            Tensor Flat(Conv2d convolution) => convolution.call(normed).reshape(n, c, h * w);
            var weights = (bmm(Flat(query).transpose(1, 2), Flat(key)) / Math.Sqrt(c)).softmax(-1);
            return (x + output.call(bmm(Flat(value), weights.transpose(1, 2)).reshape(n, c, h, w))).MoveToOuterDisposeScope();
        }
    }
}
