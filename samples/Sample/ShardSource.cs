namespace Ddpm.Samples;

/// <summary>Where it is said which shard to draw: by the user, "3/64", or by the scheduler that started the process, "slurm".</summary>
internal sealed class ShardSource
{
    /// <summary>What a text must be.</summary>
    public const string Rule = "K/N with K in 1..N, or slurm, mpi or auto, each also with the number of shards as in slurm/64, or kubernetes/64";

    private readonly string text;
    private readonly Shard? given;
    private readonly string scheduler = "";
    private readonly int? of;

    /// <exception cref="FormatException">The text says neither.</exception>
    public ShardSource(string text)
    {
        this.text = text;
        var parts = text.Split('/');
        of = parts.Length == 2 ? Flag.ToWhole(parts[1], 1, Shard.Most) : null;
        if (parts is ["slurm" or "mpi" or "auto"] or ["slurm" or "mpi" or "kubernetes" or "auto", _])
            scheduler = parts[0];
        else if (parts is [var number, _])
            given = new(Flag.ToWhole(number, 1, of!.Value), of.Value);
        else
            throw new FormatException();
    }

    /// <summary>The shard.</summary>
    /// <param name="variable">An environment variable; null: it is not set.</param>
    /// <exception cref="InvalidOperationException">The environment does not say it, or says several things.</exception>
    public Shard Find(Func<string, string?> variable)
    {
        if (given is { } shard)
            return shard;
        var environment = new SchedulerEnvironment($"--shard {text}", name => string.IsNullOrEmpty(variable(name)) ? null : variable(name));
        var found = new List<(string Name, Shard Shard)>();
        foreach (var (name, ask) in new (string, Func<int?, Shard?>)[]
            { ("slurm", environment.Slurm), ("mpi", environment.Mpi), ("kubernetes", environment.Kubernetes) })
            if ((scheduler == name || scheduler == "auto") && ask(of) is { } said)
                found.Add((name, said));
        var different = found.DistinctBy(each => each.Shard).ToArray();
        return different switch
        {
            [var only] => only.Shard,
            [] => throw environment.Wrong(scheduler == "auto"
                ? "needs the variables of Slurm, MPI or Kubernetes, but none of them is set: --shard 3/64 draws the third of 64"
                : $"needs the variables of {SchedulerEnvironment.Titles[scheduler]}, but they are not set"),
            [var one, var other, ..] => throw environment.Wrong(
                $"must find one shard, but {one.Name} says {one.Shard} and {other.Name} {other.Shard}: name one of them"),
        };
    }
}
