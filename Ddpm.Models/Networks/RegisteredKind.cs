using static TorchSharp.torch;

namespace Ddpm;

/// <summary>A kind that an application registered.</summary>
internal sealed class RegisteredKind<TOptions>(Func<TOptions, IDenoiser> create) : NetworkKind
    where TOptions : class
{
    internal override Type OptionsType => typeof(TOptions);

    /// <remarks>The seed is given by libtorch's own generator, the only one that a network of somebody else's draws its weights from.</remarks>
    internal override IDenoiser Create(object options, ulong seed)
    {
        random.manual_seed(unchecked((long)seed));
        return Make(options);
    }

    internal override IDenoiser Load(object options, string file)
    {
        var denoiser = Make(options);
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

    private IDenoiser Make(object options)
    {
        var made = create((TOptions)options);
        return made is { Network: not null, Traits.Image: not null }
            ? made
            : throw new InvalidOperationException(
                $"A registered network must have weights and say the shape of its images in its traits, but {made?.GetType().Name ?? "null"} does not.");
    }
}
