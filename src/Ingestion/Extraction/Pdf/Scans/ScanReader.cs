using Rag.Ingestion.Extraction.Ocr;
using Rag.Ingestion.Extraction.Pdf.Painting;
using Rag.Retrieval.Knowledge;
using UglyToad.PdfPig;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Core;

namespace Rag.Ingestion.Extraction.Pdf.Scans;

/// <summary>
/// Takes the pictures of scanned pages out of a file, one page at a time. Pictures that tile a page are put together, so that no line of text is cut
/// between two of them; others are handed out each for itself. What cannot be seen on the page is not handed out, or said to be covered.
/// </summary>
/// <param name="document">A parse of its own: pages are read ahead by other threads.</param>
internal sealed class ScanReader(PdfDocument document) : IDisposable
{
    private const double SmallestShare = 0.02;   // of the page: a logo or a stamp is no page
    private const double SameScale = 0.02;       // pictures that tile a page may differ so much in pixels per point
    private const double Straight = 0.01;        // rise over run of a picture that is put together with others
    private const int EnoughDpi = 450;           // more is halved

    /// <param name="send">Takes each picture before the next one is decoded.</param>
    /// <returns>Why the page, or a part of it, could not be handed out.</returns>
    public ScanTrouble Read(int number, Action<ScanPicture> send)
    {
        PaintedPage page;
        try
        {
            page = document.GetPage<PaintedPage>(number);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return ScanTrouble.Damaged;   // PdfPig throws many types on broken pages
        }

        List<Piece> pieces = [.. page.Pictures.Select(picture => Piece.Of(picture, page)).OfType<Piece>().Where(piece => piece.Visible is { Width: > 0, Height: > 0 })];
        List<Piece> samples = pieces.FindAll(piece => piece is { IsFile: false, Trouble: ScanTrouble.None });
        if (samples.Count > 1 && Tiling(samples) is { } tiling)
        {
            ScanTrouble tiled = Send(() => tiling.Compose(page), send);
            return First(tiled, SendEach(page, pieces.Except(samples), send));
        }

        return SendEach(page, pieces, send);
    }

    public void Dispose() => document.Dispose();

    private static ScanTrouble SendEach(PaintedPage page, IEnumerable<Piece> pieces, Action<ScanPicture> send)
    {
        ScanTrouble trouble = ScanTrouble.None;
        int sent = 0;
        foreach (Piece piece in pieces.Where(piece => piece.Visible.Width * piece.Visible.Height >= SmallestShare * page.Width * page.Height))
        {
            if (++sent >= ScanPicture.MostPieces)   // the tiles are one more
            {
                return ScanTrouble.TooManyPieces;
            }

            trouble = First(trouble, Send(() => piece.ToPicture(page), send));
        }

        return trouble;
    }

    private static ScanTrouble First(ScanTrouble one, ScanTrouble other) => one != ScanTrouble.None ? one : other;

    private static ScanTrouble Send(Func<ScanPicture> make, Action<ScanPicture> send)
    {
        ScanPicture picture;
        try
        {
            picture = make();
        }
        catch (ScanException known)
        {
            return known.Trouble;
        }
        catch (OutOfMemoryException)
        {
            return ScanTrouble.TooLarge;   // one picture; what it took is free again
        }

        send(picture);
        return ScanTrouble.None;
    }

    /// <summary>Null when the pieces do not lie straight, or not at one scale.</summary>
    private static Tiles? Tiling(List<Piece> pieces)
    {
        (double across, double down) = pieces[0].Scale;
        return pieces.TrueForAll(piece => piece.IsStraight && Math.Abs(piece.Scale.Across - across) <= SameScale * across && Math.Abs(piece.Scale.Down - down) <= SameScale * down)
            ? new Tiles(pieces, across, down)
            : null;
    }

    private static List<PageBox> Covers(PaintedPage page, int order, Func<PaintedArea, bool> counts)
    {
        List<PageBox> covers = [.. page.Areas.Skip(order).Where(area => area.Layer is null && area.Opaque && counts(area)).Select(area => OnPage(area.Box, page)).Where(box => box is { Width: > 0, Height: > 0 })];
        return covers.Count <= ScanPicture.MostCovers ? covers : throw new ScanException(ScanTrouble.TooManyPieces);
    }

    /// <summary>Cut to the page, from its top left corner.</summary>
    private static PageBox OnPage(Box box, PaintedPage page)
    {
        Box seen = box.And(new Box(0, 0, page.Width, page.Height));
        return seen.IsEmpty ? default : new PageBox((float)seen.Left, (float)(page.Height - seen.Top), (float)(seen.Right - seen.Left), (float)(seen.Top - seen.Bottom));
    }

    private static PageBox Around(IEnumerable<PageBox> boxes)
    {
        List<PageBox> all = [.. boxes];
        float left = all.Min(box => box.X), top = all.Min(box => box.Y);
        return new PageBox(left, top, all.Max(box => box.X + box.Width) - left, all.Max(box => box.Y + box.Height) - top);
    }

    /// <summary>Pictures that are put together.</summary>
    private sealed class Tiles(List<Piece> pieces, double across, double down)
    {
        public ScanPicture Compose(PaintedPage page)
        {
            PageBox whole = Around(pieces.Select(piece => piece.Place.Map(0, 0, 1, 1)));
            double width = Math.Ceiling(whole.Width * across), height = Math.Ceiling(whole.Height * down);
            if (!(width is >= 1 and <= 32_000 && height is >= 1 and <= 32_000 && width * height <= GreyBitmap.MostPixels))
            {
                throw new ScanException(ScanTrouble.TooLarge);
            }

            GreyBitmap canvas = GreyBitmap.White((int)width, (int)height);
            foreach (Piece piece in pieces)
            {
                PageBox box = piece.Place.Map(0, 0, 1, 1);
                canvas.Lay(piece.Decode(), (int)Math.Round((box.X - whole.X) * across), (int)Math.Round((box.Y - whole.Y) * down), piece.Painted.IsStencil);
            }

            int dpi = ScanPicture.DpiOf(across, 1);
            if (dpi > EnoughDpi)
            {
                (canvas, dpi) = (canvas.Halved(), dpi / 2);
            }

            var place = new Placement(whole.X, whole.Y, (float)(width / across), 0, 0, (float)(height / down));
            List<PageBox> covers = Covers(page, pieces[0].Painted.Order, area => !area.IsPicture);
            return new ScanPicture(canvas.ToFile(), place, dpi, Upright: true, Around(pieces.Select(piece => piece.Visible)), covers);
        }
    }

    /// <summary>One picture and where it lies.</summary>
    private sealed record Piece(PaintedPicture Painted, IPdfImage? Image, bool IsFile, Placement Original, Stand Stand, PageBox Visible, ScanTrouble Trouble)
    {
        /// <summary>Of the picture once it stands upright.</summary>
        public Placement Place { get; } = Turn(Original, Stand);

        public bool IsStraight => Math.Abs(Place.RightY) <= Straight * Place.RightX && Math.Abs(Place.DownX) <= Straight * Place.DownY;

        /// <summary>Pixels per point, upright.</summary>
        public (double Across, double Down) Scale => Image is null ? (0, 0)
            : Stand.Transposed ? (Image.HeightInSamples / Place.RightX, Image.WidthInSamples / Place.DownY)
            : (Image.WidthInSamples / Place.RightX, Image.HeightInSamples / Place.DownY);

        /// <returns>Null when it lies nowhere.</returns>
        public static Piece? Of(PaintedPicture painted, PaintedPage page)
        {
            (PdfPoint topLeft, PdfPoint topRight, PdfPoint bottomLeft) = (painted.Corners.TopLeft, painted.Corners.TopRight, painted.Corners.BottomLeft);
            var place = new Placement(
                (float)topLeft.X, (float)(page.Height - topLeft.Y), (float)(topRight.X - topLeft.X), (float)(topLeft.Y - topRight.Y),
                (float)(bottomLeft.X - topLeft.X), (float)(topLeft.Y - bottomLeft.Y));
            bool finite = float.IsFinite(place.X + place.Y + place.RightX + place.RightY + place.DownX + place.DownY);
            if (!finite || Math.Abs((place.RightX * place.DownY) - (place.RightY * place.DownX)) < 1)
            {
                return null;
            }

            PageBox box = place.Map(0, 0, 1, 1);
            PageBox visible = OnPage(new Box(box.X, page.Height - box.Y - box.Height, box.X + box.Width, page.Height - box.Y).And(painted.Clip), page);
            try
            {
                IPdfImage image = painted.Open();
                return new Piece(painted, image, PictureDecoder.IsFile(image), place, StandOf(place), visible, ScanTrouble.None);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                return new Piece(painted, null, false, place, StandOf(place), visible, ScanTrouble.Damaged);
            }
        }

        public ScanPicture ToPicture(PaintedPage page)
        {
            if (Trouble != ScanTrouble.None || Image is null)
            {
                throw new ScanException(Trouble);
            }

            List<PageBox> covers = Covers(page, Painted.Order, _ => true);
            if (IsFile)
            {
                ReadOnlyMemory<byte> file = PictureDecoder.File(Image);
                double wide = Math.Sqrt((Original.RightX * Original.RightX) + (Original.RightY * Original.RightY));
                int pixels = JpegHead.Size(file.Span)?.Width ?? Image.WidthInSamples;
                return Stand.IsMirrored ? throw new ScanException(ScanTrouble.NotDecoded)
                    : new ScanPicture(file, Original, ScanPicture.DpiOf(pixels, wide), Upright: Stand == default, Visible, covers);
            }

            GreyBitmap grey = Decode();
            int dpi = ScanPicture.DpiOf(grey.Width, Math.Sqrt((Place.RightX * Place.RightX) + (Place.RightY * Place.RightY)));
            if (dpi > EnoughDpi)
            {
                (grey, dpi) = (grey.Halved(), dpi / 2);
            }

            return new ScanPicture(grey.ToFile(), Place, dpi, Upright: true, Visible, covers);
        }

        public GreyBitmap Decode()
        {
            try
            {
                return PictureDecoder.Samples(Image!).Turned(Stand);
            }
            catch (Exception exception) when (exception is not (OutOfMemoryException or ScanException))
            {
                throw new ScanException(ScanTrouble.Damaged);   // filters throw many types
            }
        }

        private static Stand StandOf(Placement place) => Math.Abs(place.RightX) >= Math.Abs(place.RightY)
            ? new Stand(false, place.RightX < 0, place.DownY < 0)
            : new Stand(true, place.DownX < 0, place.RightY < 0);

        private static Placement Turn(Placement place, Stand stand)
        {
            (float x, float y, float rightX, float rightY, float downX, float downY) = stand.Transposed
                ? (place.X, place.Y, place.DownX, place.DownY, place.RightX, place.RightY)
                : (place.X, place.Y, place.RightX, place.RightY, place.DownX, place.DownY);
            (x, y, rightX, rightY) = stand.FlipX ? (x + rightX, y + rightY, -rightX, -rightY) : (x, y, rightX, rightY);
            return stand.FlipY ? new Placement(x + downX, y + downY, rightX, rightY, -downX, -downY) : new Placement(x, y, rightX, rightY, downX, downY);
        }
    }
}
