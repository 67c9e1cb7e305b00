namespace Rag.Testing;

/// <summary>Files that come with the tests.</summary>
public static class TestData
{
    public const string Apple = "2023 Q3 AAPL.pdf";
    public const string Amazon = "2023 Q3 AMZN.pdf";
    public const string Nvidia = "2023 Q3 NVDA.pdf";

    /// <summary>Path of one of the three 10-Qs.</summary>
    public static string TenQ(string fileName) => Path.Combine(AppContext.BaseDirectory, "Data", "sec10q", fileName);
}
