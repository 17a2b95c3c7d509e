using System.Text.Json;
using Ddpm.Training;

namespace Ddpm;

/// <summary>Training levels in ddpm.json, by their kind and numbers.</summary>
internal sealed record LevelsDescription
{
    public required string Kind { get; init; }

    public double? UniformShare { get; init; }

    public double? Mean { get; init; }

    public double? Deviation { get; init; }

    public double? Shift { get; init; }

    /// <returns>null for uniform steps.</returns>
    /// <exception cref="InvalidOperationException">They are by a function of somebody's own.</exception>
    internal static LevelsDescription? Of(TrainingLevels levels) => levels switch
    {
        UniformLevels => null,
        StratifiedLevels => new() { Kind = "stratified" },
        ImportanceLevels importance => new() { Kind = "importance", UniformShare = importance.UniformShare },
        LogNormalLevels rho => new() { Kind = "log_normal_rho", Mean = rho.Mean, Deviation = rho.Deviation },
        UniformTimeLevels time => new() { Kind = "uniform_time", Shift = time.Shift },
        LogitNormalLevels time => new() { Kind = "logit_normal_time", Mean = time.Mean, Deviation = time.Deviation, Shift = time.Shift },
        _ => throw new InvalidOperationException(
            $"A folder cannot hold training levels of one's own ({levels}): give them by {nameof(TrainingOptions)} when training."),
    };

    internal TrainingLevels ToLevels() => Kind switch
    {
        "stratified" => TrainingLevels.Stratified,
        "importance" => TrainingLevels.Importance(Need(UniformShare)),
        "log_normal_rho" => TrainingLevels.LogNormalRho(Need(Mean), Need(Deviation)),
        "uniform_time" => TrainingLevels.UniformTime(Need(Shift)),
        "logit_normal_time" => TrainingLevels.LogitNormalTime(Need(Mean), Need(Deviation), Need(Shift)),
        _ => throw new JsonException(
            $"the levels must be stratified, importance, log_normal_rho, uniform_time or logit_normal_time, but are '{Kind}'"),
    };

    private double Need(double? number) =>
        number ?? throw new JsonException($"levels of kind {Kind} must have all their numbers, but some are missing");
}
