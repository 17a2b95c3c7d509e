using Ddpm.Samples;

namespace Ddpm.Tests.Samples.Doctor;

/// <summary>Something that shows one finding.</summary>
/// <param name="Id">The finding's.</param>
/// <param name="Make">Makes it in a folder.</param>
internal sealed record SickPatient(string Id, Func<TemporaryFolder, Patient> Make)
{
    /// <summary>Words or figures that the finding must say.</summary>
    public string Says { get; init; } = "";

    public override string ToString() => Id;
}
