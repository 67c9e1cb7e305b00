[assembly: AssemblyFixture(typeof(Rag.Retrieval.Tests.RealEmbedder))]
