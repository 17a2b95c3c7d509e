using Ddpm.Formats;

namespace Ddpm.Training;

/// <summary>
/// Saves a run while it goes on: what is to be saved is copied, and written on another thread. For the training thread alone.
/// </summary>
internal sealed class TrainingSaver : IDisposable
{
    private readonly Diffusion diffusion;
    private readonly string modelFolder, bestFolder;
    private readonly IReadOnlyDictionary<string, string>? recipe;
    private readonly CheckpointStore? store;
    private readonly BackgroundWriter writer;
    private readonly Action<string> tell;
    private readonly bool savesModel;

    /// <summary>Tries out where it will write, and keeps other runs from there.</summary>
    /// <exception cref="IOException">The folder of states cannot be written, or another run writes there.</exception>
    internal TrainingSaver(Diffusion diffusion, Trainer trainer, string folder, bool savesModel, int? statesKept, Action<string> tell)
    {
        (this.diffusion, this.savesModel, this.tell) = (diffusion, savesModel, tell);
        writer = new(new Told(tell));
        (modelFolder, bestFolder) = (ModelIn(folder), BestIn(folder));
        if (statesKept is not { } kept)
            return;
        store = new(Path.Combine(folder, TrainingCheckpoint.Folder), kept, new Told(tell));
        store.Reserve();
        recipe = TrainingRecipe.Of(diffusion.Parts, trainer.Options, trainer.Data);
    }

    /// <summary>Where the model goes.</summary>
    internal static string ModelIn(string folder) => Path.Combine(folder, "model");

    /// <summary>Where the best model goes.</summary>
    internal static string BestIn(string folder) => Path.Combine(folder, "best");

    /// <summary>Whether something is being written.</summary>
    internal bool IsBusy => writer.IsBusy;

    /// <summary>Copies what is to be saved and begins to write it, when whatever was being written is finished.</summary>
    /// <param name="trainer">The run.</param>
    /// <param name="step">Its step, those of runs before counted in.</param>
    /// <param name="score">How good it is, the lower the better; null: not known.</param>
    /// <param name="isBest">Whether the model is kept as the best one too.</param>
    internal void Begin(Trainer trainer, int step, double? score, bool isBest)
    {
        Hear(writer.TakeFault());
        var state = trainer.Capture();
        writer.Start(() =>
        {
            using (state)
                Write(state, step, score, isBest);
        });
    }

    /// <summary>Saves and waits; whatever was being written before is finished first.</summary>
    /// <exception cref="IOException">The model cannot be written.</exception>
    internal void SaveNow(Trainer trainer, int step, double? score, bool isBest)
    {
        try
        {
            writer.Wait();
        }
        catch (Exception fault)
        {
            Hear(fault);
        }
        using var state = trainer.Capture();
        Write(state, step, score, isBest);
    }

    /// <summary>Waits for what is being written.</summary>
    public void Dispose()
    {
        writer.Dispose();
        store?.Dispose();
    }

    // The state first: with it a run can go on, and the model be made again.
    private void Write(TrainingState state, int step, double? score, bool isBest)
    {
        try
        {
            store?.Write(TrainingCheckpoint.Label(step), TrainingCheckpoint.Files(state, recipe!), score);
        }
        catch (IOException fault)
        {
            Hear(fault);
        }
        if (savesModel)
            diffusion.SaveState(modelFolder, state);
        if (savesModel && isBest)
            diffusion.SaveState(bestFolder, state);
    }

    private void Hear(Exception? fault)
    {
        if (fault is not null)
            tell(fault.Message);
    }
}
