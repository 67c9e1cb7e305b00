using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Rag.Testing.Pdf;

/// <summary>The standard security handler of PDF 1.4 with RC4, 40 bit (revision 2) or 128 bit (revision 3). ISO 32000-1, 7.6.3.</summary>
internal sealed class PdfEncryption
{
    private const int Permissions = -4;   // everything allowed

    private static readonly byte[] Padding = Convert.FromHexString("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A");

    private readonly byte[] key;
    private readonly byte[] fileId = Encoding.ASCII.GetBytes("docent test file");

    public PdfEncryption(string userPassword, string ownerPassword, bool strong)
    {
        int length = strong ? 16 : 5;
        byte[] owner = OwnerEntry(userPassword, ownerPassword, length, strong);
        byte[] permissions = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(permissions, Permissions);
        key = Stretch(Md5([.. Pad(userPassword), .. owner, .. permissions, .. fileId]), length, strong);
        byte[] user = strong ? [.. Rc4Rounds(key, Md5([.. Padding, .. fileId])), .. new byte[16]] : Rc4(key, Padding);
        Dictionary = $"<</Filter/Standard/V {(strong ? 2 : 1)}/R {(strong ? 3 : 2)}/Length {length * 8}/P {Permissions}/O<{Convert.ToHexString(owner)}>/U<{Convert.ToHexString(user)}>>>";
    }

    public string Dictionary { get; }

    public string FileId => Convert.ToHexString(fileId);

    public byte[] Encrypt(int objectNumber, byte[] plain)
    {
        byte[] salt = [(byte)objectNumber, (byte)(objectNumber >> 8), (byte)(objectNumber >> 16), 0, 0];
        return Rc4(Md5([.. key, .. salt])[..Math.Min(16, key.Length + 5)], plain);
    }

    private static byte[] OwnerEntry(string userPassword, string ownerPassword, int length, bool strong)
    {
        byte[] ownerKey = Stretch(Md5(Pad(ownerPassword)), length, strong);
        return strong ? Rc4Rounds(ownerKey, Pad(userPassword)) : Rc4(ownerKey, Pad(userPassword));
    }

    private static byte[] Stretch(byte[] digest, int length, bool strong)
    {
        for (int i = 0; strong && i < 50; i++)
        {
            digest = Md5(digest[..length]);
        }

        return digest[..length];
    }

    private static byte[] Rc4Rounds(byte[] baseKey, byte[] data)
    {
        for (int round = 0; round < 20; round++)
        {
            data = Rc4([.. baseKey.Select(b => (byte)(b ^ round))], data);
        }

        return data;
    }

    private static byte[] Pad(string password) => [.. Encoding.Latin1.GetBytes(password).Concat(Padding).Take(32)];

#pragma warning disable CA5351 // the format asks for MD5
    private static byte[] Md5(byte[] data) => MD5.HashData(data);
#pragma warning restore CA5351

    private static byte[] Rc4(byte[] key, byte[] data)
    {
        var state = new byte[256];
        for (int i = 0; i < 256; i++)
        {
            state[i] = (byte)i;
        }

        for (int i = 0, j = 0; i < 256; i++)
        {
            j = (j + state[i] + key[i % key.Length]) & 255;
            (state[i], state[j]) = (state[j], state[i]);
        }

        var output = new byte[data.Length];
        for (int n = 0, i = 0, j = 0; n < data.Length; n++)
        {
            i = (i + 1) & 255;
            j = (j + state[i]) & 255;
            (state[i], state[j]) = (state[j], state[i]);
            output[n] = (byte)(data[n] ^ state[(state[i] + state[j]) & 255]);
        }

        return output;
    }
}
