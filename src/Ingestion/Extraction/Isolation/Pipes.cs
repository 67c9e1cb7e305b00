namespace Rag.Ingestion.Extraction.Isolation;

#pragma warning disable RS0030 // the extractor's pipes are its standard streams; nothing else writes to the console
/// <summary>The child's ends of its pipes.</summary>
internal static class Pipes
{
    public static Stream Input() => Console.OpenStandardInput();

    public static Stream Output() => new BufferedStream(Console.OpenStandardOutput(), 64 * 1024);

    public static Stream Error() => Console.OpenStandardError();
}
#pragma warning restore RS0030
