namespace Ddpm;

/// <summary>A kind that an application registered.</summary>
internal sealed class RegisteredKind<TOptions>(Func<TOptions, ulong, IDenoiser> create) : NetworkKind
    where TOptions : class
{
    internal override Type OptionsType => typeof(TOptions);

    internal override IDenoiser Create(object options, ulong seed) => Make(options, seed);

    internal override IDenoiser Load(object options, string file)
    {
        var denoiser = Make(options, seed: 0);
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
        return made is { Network: not null, Traits.Image: not null }
            ? made
            : throw new InvalidOperationException(
                $"A registered network must have weights and say the shape of its images in its traits, but "
                + $"{made?.GetType().Name ?? "null"} does not.");
    }
}
