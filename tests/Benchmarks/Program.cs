using Rag.Benchmarks;

// `eng/bench` runs this in Release, with the name of a benchmark.
switch (args)
{
    case [] or ["product"]:
        await ProductFigures.RunAsync(CancellationToken.None);
        return 0;
    case ["score"]:
        await ModelFigures.ScoreAsync(CancellationToken.None);
        return 0;
    case ["embed"]:
        await ModelFigures.EmbedAsync(CancellationToken.None);
        return 0;
    case ["vectors"]:
        await VectorFigures.RunAsync(CancellationToken.None);
        return 0;
    case ["index"]:
        await StoreFigures.RunAsync(CancellationToken.None);
        return 0;
    case ["read"]:
        await ReadingFigures.RunAsync(CancellationToken.None);
        return 0;
    case ["ingest"]:
        await IngestionFigures.RunAsync(CancellationToken.None);
        return 0;
    case ["engine"]:
        await EngineFigures.RunAsync(CancellationToken.None);
        return 0;
    case ["drafts"]:
        await DraftFigures.RunAsync(CancellationToken.None);
        return 0;
    case ["peers"]:
        await PeerFigures.RunAsync(CancellationToken.None);
        return 0;
    case ["import"]:
        await ImportFigures.RunAsync(CancellationToken.None);
        return 0;
    default:
        await Console.Error.WriteLineAsync("Usage: Rag.Benchmarks [product|score|embed|vectors|index|read|ingest|engine|drafts|peers|import]");
        return 2;
}
