namespace Rag.Inference.Models;

/// <summary>The model folder that the settings name; its manifest is read at the first use and then kept.</summary>
internal sealed class ConfiguredModel(ModelStore store, string id, ModelKind kind)
{
    private volatile ModelFolder? folder;

    public string Id => id;

    public ModelKind Kind => kind;

    /// <exception cref="InferenceException">Unavailable: not there, or its manifest cannot be used.</exception>
    public ModelFolder Folder => folder ??= store.Open(id, kind);

    /// <summary>Null when the folder is not there or cannot be used.</summary>
    public ModelFolder? Find()
    {
        try
        {
            return Folder;
        }
        catch (InferenceException)
        {
            return null;
        }
    }
}
