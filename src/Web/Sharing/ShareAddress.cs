using System.Text;
using QRCoder;

namespace Rag.Web.Sharing;

/// <summary>The address that a share link carries, and its picture.</summary>
internal static class ShareAddress
{
    /// <param name="publicBase">The configured public address, if any.</param>
    /// <param name="seen">The address under which the owner's browser reached this server.</param>
    public static string For(string? publicBase, string seen, string token) => $"{(publicBase ?? seen).TrimEnd('/')}/s/{token}";

    /// <summary>Only this machine itself could open it.</summary>
    public static bool IsLocal(string? publicBase, string seen) => new Uri(publicBase ?? seen).IsLoopback;

    /// <summary>The QR code as a <c>data:</c> address of an SVG; dark on light in either theme, or scanners fail.</summary>
    public static string QrImage(string address)
    {
        using var data = QRCodeGenerator.GenerateQrCode(address, QRCodeGenerator.ECCLevel.M);
        var svg = new SvgQRCode(data).GetGraphic(4, "#111111", "#ffffff", drawQuietZones: true);
        return "data:image/svg+xml;base64," + Convert.ToBase64String(Encoding.UTF8.GetBytes(svg));
    }
}
