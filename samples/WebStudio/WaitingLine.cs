namespace Ddpm.Samples.WebStudio;

/// <summary>Who waits for a first sign of the work that was asked for, in the order of coming. Any thread may ask.</summary>
internal sealed class WaitingLine
{
    private readonly Lock access = new();
    private readonly LinkedList<object> waiting = [];

    /// <summary>Comes last.</summary>
    public Place Enter()
    {
        lock (access)
            return new Place(this, waiting.AddLast(new object()));
    }

    /// <summary>A place in the line; left by whose turn has come, or who gives up.</summary>
    internal sealed class Place(WaitingLine line, LinkedListNode<object> node) : IDisposable
    {
        /// <summary>How many come first; null: the line is left.</summary>
        public int? Before
        {
            get
            {
                lock (line.access)
                {
                    if (node.List is null)
                        return null;
                    var before = 0;
                    for (var other = node.Previous; other is not null; other = other.Previous)
                        before++;
                    return before;
                }
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            lock (line.access)
                node.List?.Remove(node);
        }
    }
}
