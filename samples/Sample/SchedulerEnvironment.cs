using System.Globalization;

namespace Ddpm.Samples;

/// <summary>What schedulers tell the processes that they start, by environment variables.</summary>
/// <param name="flag">Who asks, for messages.</param>
/// <param name="variable">An environment variable; null: it is not set.</param>
internal sealed class SchedulerEnvironment(string flag, Func<string, string?> variable)
{
    private const string Task = "SLURM_ARRAY_TASK_ID", Rank = "SLURM_PROCID", Tasks = "SLURM_NTASKS", StepTasks = "SLURM_STEP_NUM_TASKS";

    /// <summary>What is needed of whom.</summary>
    public static IReadOnlyDictionary<string, string> Titles { get; } = new Dictionary<string, string>
    {
        ["slurm"] = $"a Slurm array ({Task}) or of srun ({Rank})",
        ["mpi"] = "mpirun (OMPI_COMM_WORLD_RANK or PMI_RANK)",
        ["kubernetes"] = "an indexed Job (JOB_COMPLETION_INDEX)",
    };

    /// <summary>The exception for an environment that is at fault.</summary>
    public InvalidOperationException Wrong(string rule) => new($"{flag} {rule}.");

    /// <summary>
    /// An array's task, a task of srun, or both: then every task of the array is as many shards as it has tasks. Where the number of shards is
    /// said, the array counts from 1, so that those which failed can be started again as an array of their own.
    /// </summary>
    public Shard? Slurm(int? of)
    {
        if (Whole(Task) is not { } task)
            return Whole(Rank) is null ? null : Checked(Step(), Tasks, of);
        var (rank, tasks) = variable(StepTasks) is null ? (0, 1) : Step();
        if (of % tasks > 0)
            throw Wrong($"must divide into the {StepTasks}={tasks} of every task of the array, but {of} does not");
        if (of / tasks is { } known)
            return task >= 1 && task <= known ? Joined(task - 1, known)
                : throw Wrong($"needs {Task} in 1..{known}, as --array=1-{known} gives it, but it is {task}");
        var (first, last, count, step) = (Needed("SLURM_ARRAY_TASK_MIN"), Whole("SLURM_ARRAY_TASK_MAX"), Needed("SLURM_ARRAY_TASK_COUNT"),
            Math.Max(Whole("SLURM_ARRAY_TASK_STEP") ?? 1, 1));
        var place = (task - (long)first) / step;
        if (place < 0 || place >= count || place * step != task - (long)first || (last is { } end && end - (long)first != step * (count - 1L)))
            throw Wrong($"needs an array without gaps, but {Task}={task} is one of {count} from {first} on: "
                + "say how many shards there are, as in slurm/64 with --array=1-64");
        return Joined((int)place, count);

        Shard Joined(int place, int places) => Made(place * (long)tasks + rank, places * (long)tasks);
    }

    /// <summary>A process of Open MPI, or of MPICH and those that start processes as it does.</summary>
    public Shard? Mpi(int? of)
    {
        foreach (var (rank, size) in new[] { ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"), ("PMI_RANK", "PMI_SIZE") })
            if (Whole(rank) is { } place)
                return Checked(Within(rank, place, size, Needed(size)), size, of);
        return null;
    }

    /// <summary>A pod of an indexed Job.</summary>
    public Shard? Kubernetes(int? of)
    {
        const string Index = "JOB_COMPLETION_INDEX";
        if (Whole(Index) is not { } place)
            return null;
        if (of is not { } count)
            throw Wrong($"must say the completions of the Job, as in kubernetes/64: {Index} is set, but Kubernetes does not tell how many there are");
        return place < count ? Made(place, count) : throw Wrong($"needs {Index} in 0..{count - 1}, but it is {place}");
    }

    // A script of sbatch without srun has the variables of the whole job, but is one process.
    private (int Place, int Count) Step()
    {
        var place = Needed(Rank);
        if (Whole(StepTasks) is { } tasks)
            return Within(Rank, place, StepTasks, tasks);
        var all = place > 0 ? Needed(Tasks) : Whole(Tasks) ?? 1;
        return all == 1 || place > 0 || variable("SLURM_STEP_ID") is not null ? Within(Rank, place, Tasks, all)
            : throw Wrong($"needs each of the {Tasks}={all} tasks to be started by srun, but {StepTasks} and SLURM_STEP_ID are not set");
    }

    private (int Place, int Count) Within(string rank, int place, string size, int count) => place < count ? (place, count)
        : throw Wrong($"needs {rank} below {size}, but they are {place} and {count}");

    private Shard Checked((int Place, int Count) told, string size, int? of) => of is null || of == told.Count ? Made(told.Place, told.Count)
        : throw Wrong($"says {of} shards, but {size} is {told.Count}");

    private Shard Made(long place, long count) => count <= Shard.Most ? new((int)place + 1, (int)count)
        : throw Wrong($"must make at most {Shard.Most} shards, but makes {count}");

    private int Needed(string name) => Whole(name) ?? throw Wrong($"needs {name}, which is not set");

    private int? Whole(string name) => variable(name) is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw Wrong($"needs a whole number in {name}, but it is '{text}'");
}
