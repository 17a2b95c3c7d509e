namespace Ddpm.Tests;

/// <summary>What something costs, whatever else the machine does: the time of this process on its processors, not that on the wall.</summary>
internal static class ProcessorTime
{
    /// <summary>Seconds that all threads of this process worked while the action ran.</summary>
    internal static double Of(Action action)
    {
        var before = Environment.CpuUsage.TotalTime;
        action();
        var seconds = (Environment.CpuUsage.TotalTime - before).TotalSeconds;
        TestContext.Out.WriteLine($"{seconds:F3} s of processor time");
        return seconds;
    }
}
