using static TorchSharp.torch;

namespace Ddpm.Tests.Models.Compiled;

/// <summary>Compiled networks divide their work among threads: here among two at least, also where the machine or OMP_NUM_THREADS gives one.</summary>
[SetUpFixture]
public class SeveralThreads
{
    private int usual;

    [OneTimeSetUp]
    public void Begin()
    {
        usual = get_num_threads();
        set_num_threads(Math.Max(2, usual));
    }

    [OneTimeTearDown]
    public void End() => set_num_threads(usual);
}
