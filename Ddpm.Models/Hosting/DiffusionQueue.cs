namespace Ddpm.Hosting;

/// <summary>How busy a service is, at a moment.</summary>
/// <param name="Waiting">Images that wait. A piece of other work counts as one.</param>
/// <param name="Limit">At most so many wait.</param>
/// <param name="Running">Images that are being made.</param>
/// <param name="OldestWait">How long the first in the queue has waited; 0 if none does.</param>
/// <param name="Delay">What a request that comes now will probably wait, by how long images took so far.</param>
public sealed record DiffusionQueue(int Waiting, int Limit, int Running, TimeSpan OldestWait, TimeSpan Delay);
