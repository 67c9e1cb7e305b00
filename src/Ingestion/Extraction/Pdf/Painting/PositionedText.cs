using UglyToad.PdfPig.Graphics;
using UglyToad.PdfPig.Graphics.Operations;
using UglyToad.PdfPig.Graphics.Operations.TextShowing;
using UglyToad.PdfPig.Tokens;

namespace Rag.Ingestion.Extraction.Pdf.Painting;

/// <summary>The operator TJ: strings with shifts between them, without an object for each.</summary>
/// <param name="codes">Of all its strings.</param>
internal sealed class PositionedText(TextPiece[] pieces, byte[] codes) : IGraphicsStateOperation
{
    /// <param name="tokens">As PdfPig reads them.</param>
    public static PositionedText Of(IReadOnlyList<IToken> tokens)
    {
        var pieces = new TextPiece[tokens.Count];
        var codes = new List<byte>();
        for (int i = 0; i < pieces.Length; i++)
        {
            if (tokens[i] is NumericToken shift)
            {
                pieces[i] = new TextPiece(shift.Data, 0, 0);
            }
            else
            {
                int start = codes.Count;
                codes.AddRange(tokens[i] is HexToken hex ? hex.Bytes : ((StringToken)tokens[i]).GetBytes());
                pieces[i] = new TextPiece(0, start, codes.Count - start);
            }
        }

        return new PositionedText(pieces, [.. codes]);
    }

    public string Operator => ShowTextsWithPositioning.Symbol;

    public ReadOnlySpan<TextPiece> Pieces => pieces;

    public ReadOnlyMemory<byte> Codes => codes;

    public void Run(IOperationContext operationContext)
    {
        if (operationContext is TextProcessor text)
        {
            text.Show(this);
        }
        else
        {
            operationContext.ShowPositionedText(Tokens());
        }
    }

    public void Write(Stream stream) => new ShowTextsWithPositioning(Tokens()).Write(stream);

    /// <summary>As PdfPig reads it.</summary>
    public IReadOnlyList<IToken> Tokens() =>
        [.. pieces.Select(piece => piece.Length == 0 ? (IToken)new NumericToken(piece.Shift) : new HexToken(Convert.ToHexString(codes, piece.Start, piece.Length)))];
}

/// <summary>A string of codes; where <paramref name="Length"/> is 0, a shift.</summary>
/// <param name="Shift">To the left, in thousandths of the font's size.</param>
internal readonly record struct TextPiece(double Shift, int Start, int Length);
