namespace Ddpm.Formats;

/// <summary>
/// What a pickle may name beyond numbers, text and containers. What is not known becomes a <see cref="PickleOpaque"/>; nothing is looked up by
/// reflection.
/// </summary>
internal interface IPickleObjects
{
    /// <summary>What a module's name stands for.</summary>
    object Global(string module, string name);

    /// <summary>The result of calling what <see cref="Global"/> gave, if it is known.</summary>
    object Call(object function, object[] arguments);

    /// <summary>What an identifier stands for that the file explains elsewhere.</summary>
    object Persistent(object id);
}
