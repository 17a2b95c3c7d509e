using System.Reflection;

namespace Ddpm.Samples;

/// <summary>Which library made a file.</summary>
internal static class ProgramVersion
{
    /// <summary>For example "Ddpm 0.1.0".</summary>
    public static string Text { get; } = "Ddpm "
        + typeof(Diffusion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
