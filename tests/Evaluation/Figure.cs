namespace Rag.Evaluation;

/// <summary>One measured figure.</summary>
/// <param name="Name">Set and measure; the key in the baseline.</param>
/// <param name="Value">A share from 0 to 1, or what the name says.</param>
/// <param name="Bar">What it should reach; null where there is none.</param>
/// <param name="LessIsBetter">For shares of mistakes.</param>
internal sealed record Figure(string Name, double Value, double? Bar = null, bool LessIsBetter = false)
{
    public bool MeetsBar => Bar is not { } bar || (LessIsBetter ? Value <= bar : Value >= bar);
}
