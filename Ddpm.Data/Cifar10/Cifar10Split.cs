namespace Ddpm;

/// <summary>The two parts of CIFAR-10.</summary>
public enum Cifar10Split
{
    /// <summary>Five batches to train on: data_batch_1.mat to data_batch_5.mat.</summary>
    Train,
    /// <summary>One batch to test on: test_batch.mat.</summary>
    Test,
}
