namespace Ddpm;

/// <summary>The shift of flow matching's time (Esser et al. 2024, equation 23).</summary>
internal static class FlowShift
{
    /// <summary>τ' = s τ/(1 + (s - 1) τ), written so that 0 and 1 stay exactly, for s above 1 all between becomes noisier.</summary>
    internal static double Apply(double time, double shift) => shift * time / (shift * time + (1 - time));
}
