using System.Globalization;

namespace Ddpm.Samples;

/// <summary>A part of a set of images: number 1 of 64 is the first of 64.</summary>
internal readonly record struct Shard
{
    /// <summary>The most that a set is divided into: numbers have five digits.</summary>
    public const int Most = 99_999;

    /// <exception cref="ArgumentException">There is no such shard.</exception>
    public Shard(int number, int of)
    {
        if (of is < 1 or > Most || number < 1 || number > of)
            throw new ArgumentException($"A shard must be 1 to N of N, N at most {Most}, but is {number} of {of}.");
        (Number, Of) = (number, of);
    }

    /// <summary>The whole set.</summary>
    public static Shard All { get; } = new(1, 1);

    /// <summary>From 1 on.</summary>
    public int Number { get; }

    /// <summary>How many there are.</summary>
    public int Of { get; }

    /// <summary>What its files are called: "shard-00003-of-00064".</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"shard-{Number:D5}-of-{Of:D5}");

    /// <summary>A stretch of so many things, in shares that differ by one at most; none where there are fewer things than shards.</summary>
    public Range Share(int things) => (int)((Number - 1L) * things / Of)..(int)((long)Number * things / Of);

    /// <summary>"3/64".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number}/{Of}");
}
