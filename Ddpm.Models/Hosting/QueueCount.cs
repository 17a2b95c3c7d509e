namespace Ddpm.Hosting;

/// <summary>What waits for a service and what runs, and how fast that goes. Any thread may ask.</summary>
internal sealed class QueueCount(int limit)
{
    // How much the newest batch counts in the mean time of an image.
    private const double Newest = 0.2;

    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(2);

    private readonly Lock access = new();
    private int waiting, running;
    private double secondsOfImage;

    /// <summary>Takes room in the queue.</summary>
    /// <returns>False, and takes none, if there is not enough.</returns>
    internal bool TryEnter(int images)
    {
        lock (access)
        {
            if (waiting + images > limit)
                return false;
            waiting += images;
            return true;
        }
    }

    /// <summary>Gives it back: what waited does not any more.</summary>
    internal void Leave(int images)
    {
        lock (access)
            waiting -= images;
    }

    internal void Begin(int images)
    {
        lock (access)
            running = images;
    }

    /// <param name="images">How many were made; 0: they were not finished, and say nothing of the time that images take.</param>
    /// <param name="elapsed">In this time.</param>
    internal void End(int images, TimeSpan elapsed)
    {
        lock (access)
        {
            running = 0;
            if (images == 0)
                return;
            var seconds = elapsed.TotalSeconds / images;
            secondsOfImage = secondsOfImage == 0 ? seconds : (1 - Newest) * secondsOfImage + Newest * seconds;
        }
    }

    internal DiffusionQueue State(TimeSpan oldest)
    {
        lock (access)
            return new DiffusionQueue(waiting, limit, running, oldest, TimeSpan.FromSeconds((waiting + running) * secondsOfImage));
    }

    /// <summary>When there will probably be room: whole seconds, at least one.</summary>
    internal TimeSpan RetryAfter()
    {
        lock (access)
        {
            var seconds = Math.Ceiling((waiting + running) * secondsOfImage / 2);
            return TimeSpan.FromSeconds(Math.Clamp(seconds, 1, LongestRetry.TotalSeconds));
        }
    }
}
