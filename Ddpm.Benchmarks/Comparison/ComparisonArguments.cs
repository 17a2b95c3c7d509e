using System.Globalization;

namespace Ddpm.Benchmarks;

/// <summary>
/// What compare-sampling was asked for: [small|paper] [batches] [turns] [--json FILE] [--peer PRECISION:NAME=COMMAND ...] [--device cpu|cuda].
/// </summary>
internal sealed record ComparisonArguments(
    string Network, IReadOnlyList<int> Batches, int Turns, string? Json, IReadOnlyList<string> Peers, string Device)
{
    internal static ComparisonArguments Parse(IEnumerable<string> arguments)
    {
        var rest = new Queue<string>(arguments);
        var (places, peers) = (new List<string>(), new List<string>());
        string? json = null;
        var device = TorchSharp.torch.cuda.is_available() ? "cuda" : "cpu";
        while (rest.TryDequeue(out var argument))
        {
            string Value() => rest.TryDequeue(out var value) ? value : throw new ArgumentException($"{argument} must have a value after it.");
            switch (argument)
            {
                case "--json": json = Value(); break;
                case "--peer": peers.Add(Value()); break;
                case "--device": device = Value(); break;
                default: places.Add(argument); break;
            }
        }
        var network = places.ElementAtOrDefault(0) ?? "small";
        if (network is not ("small" or "paper") || places.Count > 3)
            throw new ArgumentException($"Expected is [small|paper] [batches] [turns], but given is '{string.Join(' ', places)}'.");
        return new(
            network, [.. (places.ElementAtOrDefault(1) ?? "1,4,16").Split(',').Select(Whole)],
            Whole(places.ElementAtOrDefault(2) ?? (network == "paper" ? "7" : "25")), json, peers, device);
    }

    internal UNetOptions Options => OptionsOf(Network);

    internal static UNetOptions OptionsOf(string network) => (network == "paper" ? UNetOptions.Cifar10 : UNetOptions.Small) with { Dropout = 0 };

    private static int Whole(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
        ? number : throw new ArgumentException($"Batches and turns must be whole numbers from 1, but one is '{text}'.");
}
