namespace Rag.Evaluation;

internal static class SourceTree
{
    /// <summary>The folder of the solution, above the program.</summary>
    public static string Root
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "Rag.sln")))
            {
                folder = folder.Parent ?? throw new InvalidOperationException("The program does not run inside its source tree.");
            }

            return folder.FullName;
        }
    }
}
