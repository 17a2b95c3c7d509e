namespace Ddpm.Hosting;

/// <summary>Work that is of a service's callers.</summary>
internal interface IServed
{
    /// <summary>Whose callers.</summary>
    DiffusionService Service { get; }
}
