using System.Text;
using Rag.Ingestion.Extraction;

namespace Rag.Ingestion.Tests.Extraction.Kinds;

public sealed class EncodingTests
{
    private const string German = "Die Gewährleistung für Heizkessel über 40 kW endet fünf Jahre nach der Übergabe. Prüfungen müssen jährlich ausgeführt und schriftlich bestätigt werden, sonst erlischt der Anspruch für spätere Schäden.";
    private const string Russian = "Гарантия на котёл заканчивается через пять лет после продажи, если его не обслуживал кто-то другой. Тогда она заканчивается сразу. Проверка проводится каждый год.";
    private const string Polish = "Gwarancja na kocioł kończy się pięć lat po sprzedaży, chyba że był serwisowany przez kogoś innego. Wtedy kończy się natychmiast. Właściciel powinien sprawdzać ciśnienie co miesiąc i zgłaszać każdą usterkę, którą zauważył, żeby uniknąć większych szkód.";
    private const string Greek = "Η εγγύηση του λέβητα λήγει πέντε χρόνια μετά την πώληση, εκτός αν τον έχει συντηρήσει άλλος. Τότε λήγει αμέσως. Ο έλεγχος γίνεται κάθε χρόνο.";
    private const string Japanese = "ボイラーの保証は販売日から五年で終わります。他の人が修理した場合は、すぐに終わります。点検は毎年行ってください。";
    private const string Chinese = "锅炉的保修期为销售之日起五年。如果由他人维修，保修立即终止。每年应进行一次检查，并保存记录。";

    public static TheoryData<string, string> ByLetters => new()
    {
        { "windows-1252", German }, { "iso-8859-1", German }, { "windows-1251", Russian }, { "koi8-r", Russian }, { "windows-1250", Polish }, { "iso-8859-2", Polish },
        { "windows-1253", Greek }, { "shift_jis", Japanese }, { "euc-jp", Japanese }, { "iso-2022-jp", Japanese }, { "gb18030", Chinese }, { "big5", "鍋爐的保固期為銷售之日起五年。如果由他人維修，保固立即終止。每年應進行一次檢查，並保存記錄。" },
    };

    [Theory]
    [MemberData(nameof(ByLetters))]
    public void Text_WithoutAMark_IsKnownByItsLetters(string encoding, string text)
    {
        byte[] file = CodePagesEncodingProvider.Instance.GetEncoding(encoding)?.GetBytes(text) ?? Encoding.GetEncoding(encoding).GetBytes(text);
        Assert.Equal(text, TextDecoder.Decode(file));
        Assert.True(TextDecoder.IsText(file));
    }

    public static TheoryData<Encoding> Wide => [Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF32, new UTF32Encoding(bigEndian: true, byteOrderMark: true)];

    [Theory]
    [MemberData(nameof(Wide))]
    public void WideText_WithAndWithoutAMark_IsKnown(Encoding encoding)
    {
        Assert.Equal(German, TextDecoder.Decode(encoding.GetBytes(German)));
        Assert.Equal(German, TextDecoder.Decode([.. encoding.GetPreamble(), .. encoding.GetBytes(German)]));
        Assert.True(TextDecoder.IsText(encoding.GetBytes(German)));
    }

    [Fact]
    public void Utf8_WithAFewBrokenBytes_StaysUtf8()
    {
        byte[] file = [.. Encoding.UTF8.GetBytes(Russian), 0xFF, .. Encoding.UTF8.GetBytes(Russian)];
        Assert.Equal($"{Russian}\uFFFD{Russian}", TextDecoder.Decode(file));
    }

    [Fact]
    public void ShortWesternText_IsNotTakenForAnotherScript() =>
        Assert.Equal("Café für Ålesund: 5 € à Noël", TextDecoder.Decode(CodePagesEncodingProvider.Instance.GetEncoding(1252)!.GetBytes("Café für Ålesund: 5 € à Noël")));

    [Fact]
    public void ProgramsAndPictures_AreNoText()
    {
        Assert.False(TextDecoder.IsText([0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
        Assert.False(TextDecoder.IsText([0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10, 0, 0, 0, 13]));
    }
}
