namespace Ddpm.Training;

/// <summary>Passes on at once what is reported, on the reporting thread.</summary>
internal sealed class Told(Action<string> tell) : IProgress<string>
{
    public void Report(string value) => tell(value);
}
