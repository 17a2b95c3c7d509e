namespace Ddpm;

/// <summary>What a network is shown and told, in ddpm.json; absent: x and the step t.</summary>
internal sealed record InputDescription
{
    public required PointMeasure Measure { get; init; }

    public required double Factor { get; init; }

    public required double DataDeviation { get; init; }

    public required bool ImageKeepsItsSize { get; init; }

    /// <returns>Null for x and the step t.</returns>
    /// <exception cref="InvalidOperationException">It is a function of somebody's own.</exception>
    internal static InputDescription? Of(NetworkInput input) =>
        input.IsOwn ? throw new InvalidOperationException(
            $"A folder cannot hold what the network is told: {nameof(NetworkInput)}.{nameof(NetworkInput.Told)} is a function, of which nothing more "
            + "is known.")
        : input == NetworkInput.Step ? null
        : new()
        {
            Measure = input.Measure,
            Factor = input.Factor,
            DataDeviation = input.DataDeviation,
            ImageKeepsItsSize = input.ImageKeepsItsSize,
        };

    internal NetworkInput ToInput() =>
        new() { Measure = Measure, Factor = Factor, DataDeviation = DataDeviation, ImageKeepsItsSize = ImageKeepsItsSize };
}
