namespace Ddpm.Samples.WebStudio;

/// <summary>How busy a model is: images, and seconds.</summary>
internal sealed record QueueEntry(string Model, int Waiting, int Limit, int Running, double OldestWait, double Delay);
