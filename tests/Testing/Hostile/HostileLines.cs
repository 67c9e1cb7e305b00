using System.Text;

namespace Rag.Testing.Hostile;

/// <summary>Mails and tables in text that mean harm.</summary>
internal static class HostileLines
{
    private const string Line = HostileFile.Line;
    private const string Head = "From: a@example.org\r\nTo: b@example.org\r\nSubject: Ferry\r\nMIME-Version: 1.0\r\n";

    private static readonly HostileFiles Eml = new("eml"), Csv = new("csv");

    public static IEnumerable<HostileFile> Tricks(int seed)
    {
        var random = new Random(seed);
        return Mails(random).Concat(Tables(random));
    }

    private static IEnumerable<HostileFile> Mails(Random random)
    {
        string plain = $"Content-Type: text/plain\r\n\r\n{Line}\r\n";
        string Mixed(string boundary, string parts, string type = "mixed") => $"{Head}Content-Type: multipart/{type}; boundary=\"{boundary}\"\r\n\r\n{parts}";
        yield return Eml.Read("parts-nested", Bytes(Mixed("b", $"--b\r\n{plain}{string.Concat(Enumerable.Range(0, random.Next(1_000, 3_000)).Select(i => $"--{(i == 0 ? "b" : $"b{i - 1}")}\r\nContent-Type: multipart/mixed; boundary=b{i}\r\n\r\n"))}")));
        yield return Eml.Read("mails-nested", Bytes(Mixed("b", $"--b\r\n{plain}--b\r\n{Repeat("Content-Type: message/rfc822\r\n\r\n", random.Next(500, 5_000))}")));
        yield return Eml.Read("boundary-missing", Bytes($"{Head}Content-Type: multipart/mixed\r\n\r\n{Line}\r\n"));
        yield return Eml.Read("boundary-never-comes", Bytes(Mixed("b", $"{Line}\r\n")));
        yield return Eml.Read("boundary-empty", Bytes(Mixed("", $"--\r\n{plain}----\r\n")));
        yield return Eml.Read("boundary-never-ends", Bytes(Mixed("b", $"--b\r\n{plain}")));
        yield return Eml.Read("boundary-huge", Bytes(Mixed(new string('b', 5_000), $"--{new string('b', 5_000)}\r\n{plain}")));
        yield return Eml.Read("parts-many", Bytes(Mixed("b", $"--b\r\n{plain}{Repeat("--b\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\n", random.Next(10_000, 50_000))}")));
        yield return Eml.Refuse("header-of-10-MB", Bytes($"Subject: {Repeat("ferry ", 1_700_000)}\r\n{Head}Content-Type: text/plain\r\n\r\n{Line}\r\n"), "TooLarge");
        yield return Eml.Read("header-of-half-a-MB", Bytes($"Subject: {Repeat("ferry ", 80_000)}\r\n{Head}Content-Type: text/plain\r\n\r\n{Line}\r\n"));
        yield return Eml.Refuse("header-folded", Bytes($"{Head}X-Fold: a{Repeat("\r\n b", random.Next(300_000, 900_000))}\r\nContent-Type: text/plain\r\n\r\n{Line}\r\n"), "TooLarge");
        yield return Eml.Read("headers-many", Bytes($"{Head}{Repeat("Received: from a by b\r\n", random.Next(50_000, 200_000))}\r\n{Line}\r\n"));
        yield return Eml.Read("addresses-many", Bytes($"Cc: {Repeat("Ann <ann@example.org>, ", random.Next(5_000, 30_000))}x@example.org\r\n{Head}\r\n{Line}\r\n"));
        yield return Eml.Read("addresses-nested", Bytes($"Cc: {Repeat("group: ", 5_000)}{Repeat("(", 50_000)}\r\n{Head}\r\n{Line}\r\n"));
        yield return Eml.Read("words-encoded", Bytes($"{Head}X-A: a\r\nCc: {Repeat("=?utf-8?Q?=41=FF?= =?docent-9?B?!!!!?= ", random.Next(5_000, 20_000))}<x@example.org>\r\n\r\n{Line}\r\n"));
        yield return Eml.Read("parameters-many", Bytes($"{Head}Content-Type: text/plain{string.Concat(Enumerable.Range(0, random.Next(5_000, 20_000)).Select(i => $"; a*{i}*=utf-8''%41"))}\r\n\r\n{Line}\r\n"));
        yield return Eml.Read("base64-without-end", Bytes(Mixed("b", $"--b\r\n{plain}--b\r\nContent-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n\r\n{Repeat("QUJD", random.Next(500_000, 2_000_000))}")));
        yield return Eml.Read("base64-broken", Bytes($"{Head}Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n{Convert.ToBase64String(Bytes(Line + " "))}====!!!\u00FF{new string('=', 100_000)}"));
        yield return Eml.Read("quoted-broken", Bytes($"{Head}Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{Line}=\r\n=ZZ=4=={Repeat("=", 100_000)}"));
        yield return Eml.Read("transfer-unknown", Bytes($"{Head}Content-Type: text/plain\r\nContent-Transfer-Encoding: docent-9\r\n\r\n{Line}\r\n"));
        foreach (string charset in (string[])["utf-16", "utf-7", "docent-9", "iso-2022-jp", new string('c', 5_000)])
        {
            yield return charset == "utf-16" ? Eml.Either("charset-lies", Bytes($"{Head}Content-Type: text/plain; charset={charset}\r\n\r\n{Line}\r\n")) : Eml.Read("charset-lies", Bytes($"{Head}Content-Type: text/plain; charset={charset}\r\n\r\n{Line}\r\n"));
        }

        yield return Eml.Read("bytes-no-utf8", [.. Bytes($"{Head}Content-Type: text/plain; charset=utf-8\r\n\r\n{Line} "), 0xC3, 0x28, 0xFF, 0xFE, 0x80]);
        yield return Eml.Read("date-wrong", Bytes($"Date: 99 Foo 999999 99:99:99 +9999\r\n{Head}\r\n{Line}\r\n"));
        yield return Eml.Read("attachment-slip", Bytes(Mixed("b", $"--b\r\n{plain}--b\r\nContent-Type: application/zip\r\nContent-Disposition: attachment; filename=\"../../../../tmp/docent-slip\"\r\n\r\nx\r\n--b--\r\n")));
        yield return Eml.Read("body-from-outside", Bytes(Mixed("b", $"--b\r\n{plain}--b\r\nContent-Type: message/external-body; access-type=URL; url=\"file:///etc/passwd\"\r\n\r\nContent-Type: text/plain\r\n\r\n--b--\r\n")));
        yield return Eml.Read("html-nested", Bytes($"{Head}Content-Type: text/html\r\n\r\n<p>{Line}</p>{Repeat("<div>", random.Next(60_000, 100_000))}"));
        yield return Eml.Read("line-of-megabytes", Bytes($"{Head}\r\n{Line}\r\n\r\n{new string('x', random.Next(2_000_000, 10_000_000))}"));
        yield return Eml.Refuse("no-headers", Bytes($"{Line}\r\n{Line}\r\n"), "WrongType", "Damaged");
        yield return Eml.Refuse("only-headers", Bytes("X-Nothing: 1\r\n\r\n"), "WrongType", "Empty");
        yield return Eml.Refuse("zeros", [.. Bytes(Head), .. new byte[5_000]], "WrongType");
    }

    private static IEnumerable<HostileFile> Tables(Random random)
    {
        yield return Csv.Read("line-of-megabytes", Bytes(new string('x', random.Next(2_000_000, 7_000_000)) + " " + Line));
        yield return Csv.Read("columns-million", Bytes($"{Line}{Repeat(",a", random.Next(500_000, 1_500_000))}\n"));
        yield return Csv.Read("columns-million-named", Bytes($"{string.Join(',', Enumerable.Range(0, 300_000).Select(i => $"head{i}"))}\n{Repeat("1,2\n", 20_000)}{Line},2\n"));
        yield return Csv.Read("quotes-never-closed", Bytes($"{Line}{Repeat(",\"a", random.Next(300_000, 1_500_000))}\n"));
        yield return Csv.Read("quotes-never-closed-in-lines", Bytes($"a,b\n{Line},2\n{Repeat("\"a,\"b\n", random.Next(100_000, 400_000))}"));
        yield return Csv.Read("quote-closes-far-away", Bytes($"a,b\n{Line},2\n{Repeat("\"a,b\n", 100_000)}\"\n"));
        yield return Csv.Read("quotes-only", Bytes($"{Line},{new string('"', random.Next(1_000_000, 5_000_000))}\n"));
        yield return Csv.Read("quote-at-the-start", Bytes($"\"{Line}\n{Repeat("a,b\n", 100_000)}"));
        yield return Csv.Read("lines-end-in-three-ways", Bytes($"a,b\r1,2\n{Line},4\r\n5,6\r\r\n"));
        yield return Csv.Read("delimiters-mixed", Bytes($"a,b;c\td|e\n{Line};;;,,,|||\t\t\t\n{Repeat(";,\t|", 200_000)}"));
        yield return Csv.Refuse("delimiters-only", Bytes(Repeat(",,,,\n", random.Next(100_000, 1_000_000))), "Empty");
        yield return Csv.Refuse("lines-only", Bytes(new string('\n', random.Next(1_000_000, 7_000_000))), "Empty");
        yield return Csv.Refuse("rows-million", Bytes(Repeat("1,2\n", 1_000_000)), "TooLarge");
        yield return Csv.Read("formulas", Bytes($"=cmd|'/c calc'!A1,@SUM(1),+1,-1\n{Line},\"=HYPERLINK(\"\"http://127.0.0.1:9\"\")\",1,2\n"));
        yield return Csv.Read("bytes-no-utf8", [.. Bytes($"a,b\n{Line},"), 0xC3, 0x28, 0xFF, 0xED, 0xA0, 0x80, (byte)'\n']);
        yield return Csv.Read("utf16-odd", [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes($"a,b\n{Line},\uD800\n"), 0x41]);
        yield return Csv.Refuse("zeros", [.. Bytes("a,b\n"), .. new byte[5_000]], "WrongType");
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Repeat(string text, int times) => new StringBuilder(text.Length * times).Insert(0, text, times).ToString();
}
