namespace Ddpm.Tests.Core.Samplers;

/// <summary>Every kind of spacing, plain and with every setting, as it prints.</summary>
internal static class EverySpacing
{
    internal static readonly Dictionary<string, Func<TimestepSpacing>> All = new()
    {
        ["all"] = () => TimestepSpacing.All,
        ["leading 50"] = () => TimestepSpacing.Leading(50),
        ["leading 50, offset 1, without the last"] = () => TimestepSpacing.Leading(50, offset: 1, excludeLast: true),
        ["linspace 10"] = () => TimestepSpacing.Linspace(10),
        ["linspace 10, without the last, fractional"] = () => TimestepSpacing.Linspace(10, excludeLast: true, whole: false),
        ["trailing 7"] = () => TimestepSpacing.Trailing(7),
        ["quadratic 7"] = () => TimestepSpacing.Quadratic(7),
        ["uniform 7"] = () => TimestepSpacing.Uniform(7),
        ["respaced 5,3,2"] = () => TimestepSpacing.Respaced("5,3,2"),
        ["respaced ddim10"] = () => TimestepSpacing.Respaced("ddim10"),
        ["list (900, 300.5, 5)"] = () => TimestepSpacing.List([900, 300.5, 5]),
        ["list (19, 18, 17, 16, …, 0; 20 in all)"] = () => TimestepSpacing.List([.. Enumerable.Range(0, 20).Reverse()]),
        ["karras 18"] = () => TimestepSpacing.Karras(18),
        ["karras 18, highest 80, lowest 0.02, power 5"] = () => TimestepSpacing.Karras(18, 80, 0.02, 5),
        ["exponential 8"] = () => TimestepSpacing.Exponential(8),
        ["exponential 8, highest 80, lowest 0.02"] = () => TimestepSpacing.Exponential(8, 80, 0.02),
        ["exponential 8, rounding BySampler"] = () => new ExponentialLevels(8, null, null, TimestepRounding.BySampler),
        ["polyexponential 8"] = () => TimestepSpacing.Polyexponential(8),
        ["polyexponential 8, lowest 0.02, power 2"] = () => TimestepSpacing.Polyexponential(8, lowest: 0.02, power: 2),
        ["vp 8"] = () => TimestepSpacing.Vp(8),
        ["vp 8, b 19, a 0.2, smallest 0.01"] = () => TimestepSpacing.Vp(8, 19, 0.2, 0.01),
        ["flow time 10"] = () => TimestepSpacing.FlowTime(10),
        ["flow time 10, shift 3, lowest 0.001"] = () => TimestepSpacing.FlowTime(10, 3, 0.001),
        ["levels (Infinity, 1, 0.5)"] = () => TimestepSpacing.Levels(double.PositiveInfinity, 1, 0.5),
    };

    internal static IEnumerable<string> Names => All.Keys;
}
