namespace Rag.Inference.Runtime;

/// <summary>Where a graph runs.</summary>
public enum ExecutionProvider
{
    /// <summary>CUDA when it works, else the CPU.</summary>
    Auto,
    Cpu,

    /// <summary>CUDA, and a start-up error without it.</summary>
    Cuda,
}
