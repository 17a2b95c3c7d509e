namespace Ddpm;

/// <summary>The two parts that the makers of a data set chose: CIFAR-10, CIFAR-100, MNIST.</summary>
public enum DatasetSplit
{
    /// <summary>What to train on.</summary>
    Train,
    /// <summary>What to test on.</summary>
    Test,
}
