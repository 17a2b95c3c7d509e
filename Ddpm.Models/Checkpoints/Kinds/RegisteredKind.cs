using System.Runtime.InteropServices;

namespace Ddpm;

/// <summary>A kind that an application registered.</summary>
internal sealed class RegisteredKind<TOptions>(Func<TOptions, ulong, IDenoiser> create) : NetworkKind
    where TOptions : class
{
    internal override Type OptionsType => typeof(TOptions);

    internal override IDenoiser Create(object options, ulong seed) => Make(options, seed);

    internal override IDenoiser Load(object options, string file)
    {
        var denoiser = MakeFor(file, options);
        try
        {
            StateDictionaryFile.Read(denoiser.Network!, file);
            return denoiser;
        }
        catch
        {
            denoiser.Network!.Dispose();
            throw;
        }
    }

    private IDenoiser Make(object options, ulong seed)
    {
        var made = create((TOptions)options, seed);
        if (made is { Network: not null, Traits.Image: not null })
            return made;
        made?.Network?.Dispose();
        throw new InvalidOperationException(
            $"A registered network must have weights and say the shape of its images in its traits, but "
            + $"{made?.GetType().Name ?? "null"} does not.");
    }

    // Options of a file may be any that JSON can hold.
    private IDenoiser MakeFor(string file, object options)
    {
        try
        {
            return Make(options, seed: 0);
        }
        catch (Exception fault) when (fault is ArgumentException or ExternalException)
        {
            throw new DataFormatException(file, null, $"its network must be one that can be made, but with its options: {fault.Message}", fault);
        }
    }
}
