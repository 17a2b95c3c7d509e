namespace Ddpm;

/// <summary>How many weights a UNet has, counted without making it: a file may ask for a network that no memory holds.</summary>
internal static class UNetSize
{
    internal static double Parameters(UNetOptions options)
    {
        double time = 4.0 * options.Channels, image = options.Image.Channels, first = options.Channels;
        var sum = Linear(first, time) + Linear(time, time) + Convolution(image, first, bias: true);
        var skips = new Stack<double>([first]);
        for (var level = 0; level < options.Levels; level++)
        {
            double width = options.Width(level);
            for (var i = 0; i < options.BlocksPerLevel; i++)
            {
                sum += Block(skips.Peek(), width, time) + (options.HasAttention(level) ? Attention(width) : 0);
                skips.Push(width);
            }
            if (level < options.Levels - 1)
            {
                sum += Convolution(width, width, bias: true);
                skips.Push(width);
            }
        }
        var h = skips.Peek();
        sum += 2 * Block(h, h, time) + Attention(h);
        for (var level = options.Levels - 1; level >= 0; level--)
        {
            double width = options.Width(level);
            for (var i = 0; i <= options.BlocksPerLevel; i++, h = width)
                sum += Block(h + skips.Pop(), width, time) + (options.HasAttention(level) ? Attention(width) : 0);
            sum += level > 0 ? Convolution(width, width, options.UpsampleBias) : 0;
        }
        return sum + Norm(h) + Convolution(h, image, options.OutputBias);
    }

    private static double Block(double input, double output, double time) =>
        Norm(input) + Convolution(input, output, bias: true) + Linear(time, output) + Norm(output) + Convolution(output, output, bias: true)
        + (input == output ? 0 : Linear(input, output));

    private static double Attention(double width) => Norm(width) + 4 * Linear(width, width);

    private static double Linear(double input, double output) => input * output + output;

    private static double Convolution(double input, double output, bool bias) => 9 * input * output + (bias ? output : 0);

    private static double Norm(double width) => 2 * width;
}
