namespace Rag.Benchmarks;

/// <summary>Fixed prompts: six that ask to quote made-up passages, six that do not.</summary>
internal static class DraftPrompts
{
    private const string Lease =
        "[1] The lease of the harbour house begins on 1 March and ends after eleven years. The rent is 4,250 euros a month and is paid in advance. Pets need the written consent of the owner. "
        + "The tenant cleans the gutters twice a year, in May and in November, and keeps the receipts. [2] Repairs of less than 300 euros are paid by the tenant, all others by the owner. "
        + "A repair that cannot wait is ordered by the tenant, who tells the owner within two days.";

    private const string Report =
        "[1] During the nine months ended 1 July, the company repurchased 365 million shares of its common stock for 52.1 billion dollars. As of that date, the programme had no end. "
        + "[2] Net sales of services rose by 8 percent against the same quarter of the year before, due to higher net sales from advertising, cloud services and music. "
        + "The weakness in foreign currencies relative to the dollar had an unfavourable effect on net sales of services. [3] Gross margin was 44.5 percent of net sales, against 43.3 percent the year before.";

    private const string Manual =
        "[1] Before the first use, rinse the tank with two litres of fresh water and run the pump for one minute. Never run the pump without water: its bearings are cooled by what flows through it. "
        + "[2] Clean the filter every four weeks. Turn the cover to the left, take the filter out, rinse it under running water and let it dry for an hour. "
        + "[3] If the red light blinks three times, the pressure is too low: look for kinks in the hose, then open the valve by a quarter turn.";

    public static string[] Quoting { get; } =
    [
        $"{Lease}\n\nRepeat passage [1] word by word.",
        $"{Report}\n\nQuote the passages that speak of net sales, word by word.",
        $"{Manual}\n\nCopy the passages out exactly as they are.",
        $"{Lease}\n\nWho pays for repairs? Answer with the exact sentences of the passages.",
        $"{Report}\n\nHow many shares were repurchased? Quote the sentence, then the whole passage it stands in.",
        $"{Manual}\n\nHow is the filter cleaned? Quote the passage word by word.",
    ];

    public static string[] Open { get; } =
    [
        "Why is the sky blue? Explain it to a child.",
        "Write a short story about a lighthouse keeper and a storm.",
        "What should I think of when I plan a garden?",
        "Tell me about the history of bread.",
        "Write a polite letter to a neighbour about noise in the evening.",
        "Explain what a database index does.",
    ];
}
