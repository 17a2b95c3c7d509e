namespace Ddpm.Networks;

/// <summary>What a UNet computes for one image, block by block: what memory and time follow from, known before the network is made.</summary>
internal sealed class UNetWork
{
    private readonly UNetOptions options;
    private readonly List<(double In, double Out, double Pixels)> blocks = [];
    private readonly List<(double Width, double Inside, int Heads, double Pixels)> attentions = [];
    private readonly List<(double In, double Out, double Pixels, double Kept)> convolutions = [];
    private double joined;

    internal UNetWork(UNetOptions options)
    {
        this.options = options;
        var (full, last) = (Pixels(0), options.Levels - 1);
        convolutions.Add((options.InputChannels, options.Channels, full, options.Channels));
        var skips = new Stack<double>([options.Channels]);
        for (var level = 0; level <= last; level++)
        {
            for (var i = 0; i < options.BlocksPerLevel; i++)
                AddBlock(skips.Peek(), level, options.DownAttention(level), up: false, skips);
            if (level < last)
            {
                convolutions.Add((skips.Peek(), skips.Peek(), Pixels(level + 1), skips.Peek()));
                skips.Push(options.Width(level));
            }
        }
        double below = options.Width(last);
        if (options.Middle.Blocks)
            AddMiddle(below, last);
        for (var level = last; level >= 0; level--)
        {
            for (var i = 0; i <= options.BlocksPerLevel; i++)
            {
                var input = below + skips.Pop();
                joined += input * Pixels(level);
                AddBlock(input, level, options.UpAttention(level), up: true, skips: null);
                below = options.Width(level);
            }
            // What is enlarged is kept for the convolution's gradient, and what it makes is joined with a skip.
            if (level > 0)
                convolutions.Add((below, below, Pixels(level - 1), below));
        }
        convolutions.Add((below, options.OutputChannels ?? options.Image.Channels, full, 2 * below));
    }

    /// <summary>
    /// Numbers that one image leaves behind for the gradient, and a quarter more for those that come and go while it is computed, as measured.
    /// </summary>
    internal double ValuesOfTraining => 1.25 * ValuesKept;

    private double ValuesKept =>
        joined + convolutions.Sum(each => each.Kept * each.Pixels) + blocks.Sum(OfBlock) + attentions.Sum(OfAttention);

    /// <summary>Numbers that one image needs at once where no gradient is taken: two layers of the widest block, and the skips.</summary>
    internal double ValuesAtOnce => blocks.Max(block => (2 * block.In + 2 * block.Out) * block.Pixels) + SkipValues;

    /// <summary>Pixels that look at each other, and heads, where that is most; 0: no attention.</summary>
    internal (double Pixels, int Heads) LargestAttention => attentions.Select(each => (each.Pixels, each.Heads))
        .OrderByDescending(each => each.Pixels * each.Pixels * each.Heads).FirstOrDefault();

    /// <summary>Multiplications between pixels and pixels, which grow with the square of their number, as a share of all.</summary>
    internal double AttentionShare
    {
        get
        {
            var between = attentions.Sum(each => 2 * each.Pixels * each.Pixels * each.Inside);
            var others = attentions.Sum(each => 4 * each.Width * each.Inside * each.Pixels)
                + blocks.Sum(each => (9 * each.Out * (each.In + each.Out) + (each.In == each.Out ? 0 : each.In * each.Out)) * each.Pixels)
                + convolutions.Sum(each => 9 * each.In * each.Out * each.Pixels);
            return between / (between + others);
        }
    }

    private double SkipValues =>
        Enumerable.Range(0, options.Levels).Sum(level => (options.BlocksPerLevel + 1) * options.Width(level) * Pixels(level));

    // Norm, activation; the sum with the time, norm, activation or what dropout leaves of it; its mask; the sum with the shortcut.
    private double OfBlock((double In, double Out, double Pixels) block) =>
        (2 * block.In + (4 + (options.Dropout > 0 ? 1 : 0) + (options.ScaleShift ? 1 : 0)) * block.Out) * block.Pixels;

    // Norm; query, key and value; what comes out; the sum with the input.
    private static double OfAttention((double Width, double Inside, int Heads, double Pixels) each) =>
        (2 * each.Width + (each.Heads > 1 ? 5 : 4) * each.Inside) * each.Pixels;

    private double Pixels(int level) => (double)(options.Image.Height >> level) * (options.Image.Width >> level);

    private void AddBlock(double input, int level, bool hasAttention, bool up, Stack<double>? skips)
    {
        var width = options.Width(level);
        blocks.Add((input, width, Pixels(level)));
        if (hasAttention)
            AddAttention(width, level, up);
        skips?.Push(width);
    }

    private void AddMiddle(double width, int level)
    {
        blocks.Add((width, width, Pixels(level)));
        if (options.Middle.Attention)
            AddAttention((int)width, level, up: false);
        blocks.Add((width, width, Pixels(level)));
    }

    private void AddAttention(int width, int level, bool up)
    {
        var heads = options.HeadsOf(width, up);
        attentions.Add((width, options.HeadWidth is { } head ? heads * head : width, heads, Pixels(level)));
    }
}
