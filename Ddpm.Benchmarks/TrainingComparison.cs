using System.Diagnostics;
using System.Globalization;
using Ddpm.Schedules;
using Ddpm.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Benchmarks;

/// <summary>
/// A training step of the library beside one of plain modules with TorchSharp's Adam, turn by turn in one process: machines differ and are noisy, the
/// ratio of medians less so.
/// </summary>
internal static class TrainingComparison
{
    /// <param name="arguments">small or paper; then, if not 64 or 16 images and 7 turns, the batch and the turns.</param>
    internal static void Run(string[] arguments)
    {
        var network = arguments.ElementAtOrDefault(0) is "paper" ? "paper" : "small";
        var options = network == "paper" ? UNetOptions.Cifar10 : UNetOptions.Small with { Dropout = 0.1 };
        int Number(int place, int usual) => arguments.Length > place ? int.Parse(arguments[place], CultureInfo.InvariantCulture) : usual;
        var (batch, turns) = (Number(1, network == "paper" ? 16 : 64), Number(2, 7));
        using var model = new DiffusionBuilder().WithUNet(options).Build();
        var plain = Plain(options, batch);
        var usual = TrainingOptions.Paper with { BatchSize = batch, Steps = turns + 1 };
        (string Name, TrainingOptions Training)[] kinds =
        [
            ("float32", usual),
            ("float32, activation checkpointing", usual with { ActivationCheckpointing = true }),
        ];
        if (!MachineCeiling.IsSlowInBFloat16(CPU))
            kinds = [.. kinds, ("bfloat16", usual with { Precision = TrainingPrecision.BFloat16 })];
        foreach (var (name, training) in kinds)
        {
            var turnwise = new TurnByTurn(plain);
            using var trainer = new Trainer(model.Denoiser, model.Process, new ShapesReader(count: batch, size: 32).Read(), training);
            trainer.Run(observers: [turnwise]);
            var (library, other) = (Median(turnwise.Library), Median(turnwise.Plain));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{network} B={batch} {name}: {library:F0} ms a step, plain modules {other:F0} ms, {other / library:F3} times as fast"));
        }
    }

    // As one writes it without a library: zero_grad, the loss, backward, clipping, Adam, the average.
    private static Action Plain(UNetOptions options, int batch)
    {
        var model = new PlainUNet(options);
        model.train();
        var weights = model.parameters().ToArray();
        var optimizer = optim.Adam(weights, 2e-4);
        var data = new ShapesReader(count: batch, size: 32).Read();
        var process = new GaussianDiffusion(new LinearSchedule());
        Tensor[] averages = [.. weights.Select(weight => weight.detach().clone())];
        return () =>
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var x0 = Pixels.Batch(data, [.. Enumerable.Range(0, batch)]);
            var ε = randn_like(x0);
            int[] t = [.. Enumerable.Range(0, batch).Select(_ => Random.Shared.Next(1000))];
            var xt = cat([.. t.Select((step, i) => process.Diffuse(x0[i..(i + 1)], step, ε[i..(i + 1)]))]);
            nn.functional.mse_loss(model.call(xt, tensor(t).to(ScalarType.Float32)), ε).backward();
            nn.utils.clip_grad_norm_(weights, 1);
            optimizer.step();
            using var noGrad = no_grad();
            foreach (var (average, weight) in averages.Zip(weights))
                average.lerp_(weight, 1e-4);
        };
    }

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);

    // Takes a plain step after each of the library's, and the time of both. The first of each warms up.
    private sealed class TurnByTurn(Action plain) : ITrainingObserver
    {
        private readonly Stopwatch clock = Stopwatch.StartNew();

        internal List<double> Library { get; } = [];

        internal List<double> Plain { get; } = [];

        public void BeforeTraining(Trainer trainer) => clock.Restart();

        public void AfterStep(Trainer trainer, TrainingProgress progress, CancellationToken cancellationToken)
        {
            var library = clock.Elapsed.TotalMilliseconds;
            clock.Restart();
            plain();
            if (progress.Step > 1)
            {
                Library.Add(library);
                Plain.Add(clock.Elapsed.TotalMilliseconds);
            }
            clock.Restart();
        }
    }
}
