using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Noise;

/// <summary>
/// <see cref="Threefry"/> by plain operators of tensors, for any device: Int32 that hold the bits of the unsigned words. Its constants are made on
/// the device; they belong to the dispose scope that it is made in.
/// </summary>
internal sealed class ThreefryOperators
{
    private const int Rounds = 20, RoundsBetweenKeys = 4;
    private readonly (int Rotation, Tensor Shift, Tensor Mask)[] rounds;
    private readonly Tensor parity;

    internal ThreefryOperators(Device device)
    {
        Tensor Constant(int value) => Arithmetic.Full([1], value, ScalarType.Int32, device);
        // Shifts of signed numbers drag the sign along; the mask cuts it off.
        rounds = [.. Threefry.Rotations.ToArray().Select(rotation => (rotation, Constant(32 - rotation), Constant((1 << rotation) - 1)))];
        parity = Constant((int)Threefry.Parity);
    }

    /// <summary>
    /// The two words of each counter by each key: both words of a counter have one shape, both of a key another, and these are broadcast.
    /// </summary>
    /// <returns>New tensors; they belong to the caller's dispose scope.</returns>
    internal (Tensor First, Tensor Second) Words((Tensor First, Tensor Second) key, (Tensor First, Tensor Second) counter)
    {
        using var scope = NewDisposeScope();
        Tensor[] keys = [key.First, key.Second, key.First.bitwise_xor(key.Second).bitwise_xor_(parity)];
        var (x, y) = (counter.First.Plus(keys[0]), counter.Second.Plus(keys[1]));
        for (var i = 0; i < Rounds; i++)
        {
            x.PlusInPlace(y);
            y = Rotated(y, rounds[i % rounds.Length]).bitwise_xor_(x);
            var injection = (i + 1) / RoundsBetweenKeys;
            if ((i + 1) % RoundsBetweenKeys != 0)
                continue;
            x.PlusInPlace(keys[injection % 3]);
            y.PlusInPlace(keys[(injection + 1) % 3]).PlusInPlace(injection);
        }
        return (x.MoveToOuterDisposeScope(), y.MoveToOuterDisposeScope());
    }

    // The upper bits come down; adding 2^rotation times the word brings the lower ones up, where the first left zeros. Frees the word.
    private static Tensor Rotated(Tensor word, (int Rotation, Tensor Shift, Tensor Mask) by)
    {
        var rotated = word.bitwise_right_shift(by.Shift).bitwise_and_(by.Mask).PlusInPlace(word, 1 << by.Rotation);
        word.Dispose();
        return rotated;
    }
}
