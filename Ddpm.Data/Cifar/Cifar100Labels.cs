namespace Ddpm;

/// <summary>The two kinds of classes of CIFAR-100. Every image has one of each.</summary>
public enum Cifar100Labels
{
    /// <summary>100 classes: apple, aquarium_fish, …</summary>
    Fine,
    /// <summary>20 classes of five fine ones each: aquatic_mammals, fish, …</summary>
    Coarse,
}
