namespace Ddpm.Evaluation;

/// <summary>An inception score.</summary>
/// <param name="Mean">Over the splits, from 1 to the number of classes; the more, the better. Too low for few images.</param>
/// <param name="StandardDeviation">Over the splits (divided by their number), as other programs report it.</param>
/// <param name="Splits">How many there were.</param>
public sealed record InceptionScoreResult(double Mean, double StandardDeviation, int Splits);
