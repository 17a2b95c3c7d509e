using Ddpm.Samples;

namespace Ddpm.Tests.Samples.Sample;

/// <summary>Which shard a process draws, by what its scheduler tells it.</summary>
public class ShardSourceTests
{
    private const string Array =
        "SLURM_ARRAY_TASK_ID=7 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_MAX=9 SLURM_ARRAY_TASK_COUNT=10 SLURM_ARRAY_TASK_STEP=1 ";
    private const string Spread =
        "SLURM_ARRAY_TASK_ID=9 SLURM_ARRAY_TASK_MIN=5 SLURM_ARRAY_TASK_COUNT=3 SLURM_ARRAY_TASK_MAX=13 SLURM_ARRAY_TASK_STEP=4";
    private const string Alone = "SLURM_PROCID=0 SLURM_NTASKS=1 ", Step = "SLURM_STEP_ID=0 SLURM_PROCID=2 SLURM_NTASKS=4 SLURM_STEP_NUM_TASKS=4 ";

    [TestCase("3/64", "", "3/64")]
    [TestCase("1/1", Array, "1/1")]
    [TestCase("slurm", Array, "8/10")]
    [TestCase("slurm", Array + Alone, "8/10")]
    [TestCase("slurm", Spread, "2/3")]
    [TestCase("slurm/64", "SLURM_ARRAY_TASK_ID=64 SLURM_ARRAY_TASK_MIN=13 SLURM_ARRAY_TASK_COUNT=2 SLURM_ARRAY_TASK_MAX=64", "64/64")]
    [TestCase("slurm", Step, "3/4")]
    [TestCase("slurm", "SLURM_PROCID=3 SLURM_NTASKS=4", "4/4")]
    [TestCase("slurm", "SLURM_PROCID=0", "1/1")]
    [TestCase("slurm", "SLURM_STEP_ID=1 SLURM_PROCID=0 SLURM_NTASKS=4", "1/4")]
    [TestCase("slurm", "SLURM_PROCID=1 SLURM_NTASKS=8 SLURM_STEP_NUM_TASKS=2", "2/2")]
    [TestCase("slurm/4", Step, "3/4")]
    [TestCase("slurm", Array + Step, "31/40")]
    [TestCase("slurm/40", Array + Step, "27/40")]
    [TestCase("slurm", Array + "SLURM_PROCID=0 SLURM_NTASKS=4", "8/10")]
    [TestCase("mpi", "OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=2", "1/2")]
    [TestCase("mpi/2", "OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=2", "2/2")]
    [TestCase("mpi", "PMI_RANK=1 PMI_SIZE=3", "2/3")]
    [TestCase("mpi", "OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=2 " + Step, "1/2")]
    [TestCase("kubernetes/64", "JOB_COMPLETION_INDEX=0", "1/64")]
    [TestCase("kubernetes/64", "JOB_COMPLETION_INDEX=63", "64/64")]
    [TestCase("auto", Array, "8/10")]
    [TestCase("auto", "PMI_RANK=2 PMI_SIZE=4 " + Step, "3/4")]
    [TestCase("auto", "OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=2 SLURM_PROCID=", "2/2")]
    [TestCase("auto/5", "JOB_COMPLETION_INDEX=4", "5/5")]
    public void Find_InAnEnvironment_IsTheShard(string text, string environment, string expected) =>
        Assert.That($"{Find(text, environment)}", Is.EqualTo(expected));

    [TestCase("slurm", "", "needs the variables of a Slurm array (SLURM_ARRAY_TASK_ID) or of srun (SLURM_PROCID), but they are not set")]
    [TestCase("mpi", Array, "needs the variables of mpirun")]
    [TestCase("kubernetes/4", Array, "needs the variables of an indexed Job (JOB_COMPLETION_INDEX)")]
    [TestCase("auto", "", "none of them is set")]
    [TestCase("auto", "JOB_COMPLETION_INDEX=4", "must say the completions of the Job, as in kubernetes/64")]
    [TestCase("auto", "OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=2 " + Step, "must find one shard, but slurm says 3/4 and mpi 1/2")]
    [TestCase("slurm", "SLURM_ARRAY_TASK_ID=x", "needs a whole number in SLURM_ARRAY_TASK_ID, but it is 'x'")]
    [TestCase("slurm", "SLURM_ARRAY_TASK_ID=-1", "SLURM_ARRAY_TASK_ID, but it is '-1'")]
    [TestCase("slurm", "SLURM_ARRAY_TASK_ID=1", "needs SLURM_ARRAY_TASK_MIN, which is not set")]
    [TestCase("slurm", "SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_MIN=1", "needs SLURM_ARRAY_TASK_COUNT, which is not set")]
    [TestCase("slurm", "SLURM_ARRAY_TASK_ID=9 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=9 SLURM_ARRAY_TASK_COUNT=3", "without gaps")]
    [TestCase("slurm", "SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=9 SLURM_ARRAY_TASK_COUNT=3", "without gaps")]
    [TestCase("slurm", "SLURM_ARRAY_TASK_ID=0 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_COUNT=3", "needs an array without gaps")]
    [TestCase("slurm/64", "SLURM_ARRAY_TASK_ID=0 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_COUNT=64", "as --array=1-64 gives it, but it is 0")]
    [TestCase("slurm/64", "SLURM_ARRAY_TASK_ID=65", "in 1..64")]
    [TestCase("slurm/41", Array + Step, "must divide into the SLURM_STEP_NUM_TASKS=4")]
    [TestCase("slurm/2", Array + Step, "must divide into the SLURM_STEP_NUM_TASKS=4")]
    [TestCase("slurm", "SLURM_PROCID=4 SLURM_NTASKS=4", "needs SLURM_PROCID below SLURM_NTASKS, but they are 4 and 4")]
    [TestCase("slurm", "SLURM_PROCID=0 SLURM_NTASKS=4", "to be started by srun")]
    [TestCase("slurm", "SLURM_PROCID=2", "needs SLURM_NTASKS, which is not set")]
    [TestCase("slurm/5", Step, "says 5 shards, but SLURM_NTASKS is 4")]
    [TestCase("mpi", "OMPI_COMM_WORLD_RANK=0", "needs OMPI_COMM_WORLD_SIZE, which is not set")]
    [TestCase("mpi", "PMI_RANK=2 PMI_SIZE=2", "needs PMI_RANK below PMI_SIZE")]
    [TestCase("mpi/3", "PMI_RANK=1 PMI_SIZE=2", "says 3 shards, but PMI_SIZE is 2")]
    [TestCase("mpi", "PMI_RANK=1 PMI_SIZE=200000", "must make at most 99999 shards, but makes 200000")]
    [TestCase("kubernetes/64", "JOB_COMPLETION_INDEX=64", "needs JOB_COMPLETION_INDEX in 0..63, but it is 64")]
    public void Find_InAnEnvironmentThatIsAtFault_SaysWhat(string text, string environment, string message) =>
        Assert.That(() => Find(text, environment), Throws.InvalidOperationException.With.Message.StartsWith($"--shard {text} ")
            .And.Message.Contains(message).And.Message.EndsWith("."));

    [TestCase("")]
    [TestCase("3")]
    [TestCase("0/3")]
    [TestCase("4/3")]
    [TestCase("1/0")]
    [TestCase("1/100000")]
    [TestCase("1/2/3")]
    [TestCase("one/3")]
    [TestCase("kubernetes")]
    [TestCase("slurm/0")]
    [TestCase("Slurm")]
    [TestCase("pbs/3")]
    public void Text_ThatSaysNoShard_IsRefused(string text) => Assert.That(() => new ShardSource(text), Throws.InstanceOf<FormatException>());

    private static Shard Find(string text, string environment)
    {
        var variables = environment.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(each => each.Split('='))
            .ToDictionary(each => each[0], each => each[1]);
        return new ShardSource(text).Find(variables.GetValueOrDefault);
    }
}
