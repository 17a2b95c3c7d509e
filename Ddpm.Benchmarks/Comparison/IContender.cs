namespace Ddpm.Benchmarks;

/// <summary>One way of computing a step of the network, which takes turns with others.</summary>
internal interface IContender : IDisposable
{
    string Name { get; }

    /// <summary>float32 or bfloat16: contenders are compared with those of the same.</summary>
    string Precision { get; }

    /// <summary>Whether it is what one writes without this library, on the same libtorch.</summary>
    bool IsPlain { get; }

    /// <summary>Computes once.</summary>
    /// <returns>Milliseconds.</returns>
    double Call();

    /// <summary>Largest resident memory of a process that does nothing else, in MB; null: not known.</summary>
    long? PeakMegabytes { get; }
}
