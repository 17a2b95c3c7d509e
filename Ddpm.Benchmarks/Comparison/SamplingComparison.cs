using System.Text.Json;
using static TorchSharp.torch;

namespace Ddpm.Benchmarks;

/// <summary>
/// A step of the network as a sampler asks for it, in several forms, turn by turn in one process: plain modules in both layouts, this library's with
/// and without kernels of its own, the same in bfloat16; and other programs.
/// </summary>
internal static class SamplingComparison
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <param name="arguments">See <see cref="ComparisonArguments"/>.</param>
    internal static void Run(string[] arguments)
    {
        var asked = ComparisonArguments.Parse(arguments);
        var machine = Machine.Measure(device(asked.Device));
        Console.WriteLine(machine);
        var isSlow = MachineCeiling.IsSlowInBFloat16(device(asked.Device));
        if (isSlow)
            Console.WriteLine("bfloat16 is left out: it is less than a quarter as fast as float32 here.");
        var operations = PlainUNet.Operations(asked.Options);
        Console.WriteLine(FormattableString.Invariant(
            $"{asked.Network}: {operations / 1e9:F3} GFLOP an image and step; {asked.Turns} turns.\n\n{ComparisonTable.Head}"));
        ContenderKind[] kinds = [.. ContenderKind.All.Where(kind => !isSlow || kind.Type == ScalarType.Float32)];
        var rows = new List<ComparedRow>();
        foreach (var batch in asked.Batches)
        {
            rows.AddRange(Compare(asked, kinds, machine, operations, batch));
            Console.Write(ComparisonTable.Lines(rows.Where(row => row.Batch == batch)));
        }
        if (asked.Json is { } path)
            File.WriteAllText(path, JsonSerializer.Serialize(new { machine, rows }, Format) + "\n");
    }

    private static IEnumerable<ComparedRow> Compare(
        ComparisonArguments asked, ContenderKind[] kinds, Machine machine, double operations, int batch)
    {
        var where = device(asked.Device);
        var contenders = new List<IContender>();
        try
        {
            foreach (var kind in kinds)
                contenders.Add(new OwnContender(kind, asked.Options, where, batch, AloneInMemory.Ask(kind, asked.Network, where, batch)));
            foreach (var peer in asked.Peers)
                contenders.Add(new PeerContender(peer, asked.Network, batch, machine.Threads));
            var times = Turns.Take(contenders, asked.Turns);
            double? Plain(string precision) => contenders.Zip(times)
                .Where(each => each.First.IsPlain && each.First.Precision == precision).Min(each => (double?)Turns.Median(each.Second));
            return [.. contenders.Zip(times, (contender, taken) => Row(contender, taken, Plain(contender.Precision)))];
        }
        finally
        {
            contenders.ForEach(contender => contender.Dispose());
        }

        ComparedRow Row(IContender contender, double[] taken, double? plain)
        {
            var median = Turns.Median(taken);
            var rate = operations * batch / median / 1e6;
            return new()
            {
                Network = asked.Network,
                Batch = batch,
                Contender = contender.Name,
                Precision = contender.Precision,
                Turns = taken.Length,
                Median = median,
                Minimum = taken[0],
                OverPlain = plain / median,
                Gigaflops = rate,
                ShareOfCeiling = rate / machine.Ceiling(contender.Precision),
                PeakMegabytes = contender.PeakMegabytes,
            };
        }
    }
}
