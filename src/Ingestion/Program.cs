using Rag.Ingestion.Extraction.Isolation;

// One mode so far: the child process that parses untrusted files, started by ExtractorProcess.
if (args is ["extract", ..])
{
    return new ExtractorHost(Pipes.Input(), Pipes.Output(), args.Contains(TestFaults.Switch)).Run();
}

await using Stream errors = Pipes.Error();
await errors.WriteAsync("Usage: Rag.Ingestion extract\n"u8.ToArray());
return 2;
