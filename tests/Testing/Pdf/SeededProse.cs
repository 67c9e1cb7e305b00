using System.Globalization;

namespace Rag.Testing.Pdf;

/// <summary>English-like report prose with names and figures; the same seed gives the same words on every machine.</summary>
public sealed class SeededProse(int seed)
{
    private static readonly string[] Places = ["Larkfield", "Ostrava", "Tiverton", "Maribor", "Quillan", "Bergholt", "Sandvika", "Penryn", "Calder", "Wexcombe"];
    private static readonly string[] Subjects = ["depot", "laboratory", "archive", "ferry line", "orchard", "print works", "observatory", "reservoir", "tannery", "workshop"];
    private static readonly string[] Verbs = ["shipped", "recorded", "repaired", "inspected", "catalogued", "measured", "returned", "replaced", "delivered", "examined"];
    private static readonly string[] Objects = ["crates of seed", "glass plates", "pump valves", "survey maps", "water samples", "copper fittings", "ledger pages", "signal lamps", "oak barrels", "wool bales"];
    private static readonly string[] Months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
    private static readonly string[] Reasons =
    [
        "because the spring floods had closed the lower road", "after the committee approved the revised budget", "although two of the cranes were out of service",
        "while the northern branch was rebuilt", "as agreed with the port authority", "before the new tariff came into force",
        "since demand had grown faster than planned", "without any change to the staff",
    ];

    private readonly Random random = new(seed);

    public string Sentence() => random.Next(3) switch
    {
        0 => string.Create(CultureInfo.InvariantCulture, $"In {Pick(Months)} the {Pick(Places)} {Pick(Subjects)} {Pick(Verbs)} {random.Next(100, 9_999):N0} {Pick(Objects)} {Pick(Reasons)}."),
        1 => string.Create(CultureInfo.InvariantCulture, $"The {Pick(Subjects)} at {Pick(Places)} {Pick(Verbs)} {random.Next(11, 99)} per cent of its {Pick(Objects)} in {random.Next(1950, 2024)}, {Pick(Reasons)}."),
        _ => string.Create(CultureInfo.InvariantCulture, $"According to the {Pick(Places)} register, {random.Next(12, 980)} {Pick(Objects)} were lost and {random.Next(12, 980)} were found again {Pick(Reasons)}."),
    };

    public string Paragraph(int sentences) => string.Join(' ', Enumerable.Range(0, sentences).Select(_ => Sentence()));

    public string Heading() => string.Create(CultureInfo.InvariantCulture, $"The {Pick(Subjects)} of {Pick(Places)} in {random.Next(1950, 2024)}");

    private string Pick(string[] words) => words[random.Next(words.Length)];
}
