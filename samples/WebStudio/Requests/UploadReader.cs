using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Ddpm.Samples.WebStudio;

/// <summary>
/// Pictures that clients send. They stay in memory: nothing is written to a file, and no name comes with them. So only some are read at once, and
/// none slowly; a file's own word about its size is looked at before there is memory for its pixels.
/// </summary>
internal sealed class UploadReader : IDisposable
{
    private const int AtOnce = 16, DecodedAtOnce = 2;
    private const double LeastBytesASecond = 1 << 14;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5), Retry = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim room = new(AtOnce), turn = new(DecodedAtOnce);

    /// <summary>Takes a place for a request with a picture, until it is disposed.</summary>
    /// <exception cref="RefusedException">There is none.</exception>
    public IDisposable Enter(HttpContext context)
    {
        if (!room.Wait(0))
            throw new RefusedException(StatusCodes.Status429TooManyRequests, $"At most {AtOnce} pictures are read at once.") { RetryAfter = Retry };
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = new MinDataRate(LeastBytesASecond, Grace);
        return new Place(room);
    }

    /// <summary>A picture in a model's shape: its centre, if its proportions are others.</summary>
    /// <exception cref="RefusedException">The file is none, or too large.</exception>
    public async Task<Picture> ReadAsync(byte[]? file, ImageShape shape, CancellationToken stop)
    {
        const string Field = "image", Rule = "the file of a picture: PNG, JPEG, BMP, GIF or WebP";
        if (file is not { Length: > 0 })
            throw RefusedException.Of(Field, Rule, "not there");
        await turn.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            var header = SkiaImageCodec.Default.ReadHeader(file);
            if ((long)header.Width * header.Height > StudioOptions.MostPixels)
                throw RefusedException.Of(Field, $"a picture of at most {StudioOptions.MostPixels} pixels", $"{header.Width} x {header.Height}");
            return Picture.Decode(file).WithChannels(shape.Channels).Resize(shape.Width, shape.Height, ImageFit.Crop);
        }
        catch (InvalidDataException)
        {
            throw RefusedException.Of(Field, Rule, $"{file.Length} bytes that are none, or are damaged");
        }
        catch (DataFormatException fault)
        {
            throw RefusedException.Of(Field, Rule, $"{file.Length} bytes of which {fault.Rule}");
        }
        finally
        {
            turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        room.Dispose();
        turn.Dispose();
    }

    private sealed class Place(SemaphoreSlim room) : IDisposable
    {
        public void Dispose() => room.Release();
    }
}
