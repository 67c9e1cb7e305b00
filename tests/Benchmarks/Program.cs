using Rag.Benchmarks;

// `eng/bench` runs this in Release. One benchmark so far; the name is kept so that others can stand beside it.
switch (args)
{
    case [] or ["product"]:
        await ProductFigures.RunAsync(CancellationToken.None);
        return 0;
    default:
        await Console.Error.WriteLineAsync("Usage: Rag.Benchmarks [product]");
        return 2;
}
