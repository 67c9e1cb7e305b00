using System.Runtime.ExceptionServices;
using Rag.Ingestion.Extraction.Layout;

namespace Rag.Ingestion.Extraction.Pdf;

/// <summary>
/// Reads the pages of a longer file ahead, every other one on a thread with a parse of its own: PdfPig takes most of the time of a page, and one document
/// of it serves one thread. A short file is read where it is asked for.
/// </summary>
internal sealed class PagesAhead : IDisposable
{
    private const int Lanes = 2;            // each holds its own fonts and objects of the file
    private const int PagesForLanes = 12;   // fewer are read before a second parse pays
    private const int Ahead = 4;            // pages each lane may hold ready

    private readonly PageReader first;
    private readonly Lane[] lanes;
    private int next = 1;

    /// <param name="first">A parse of the file; owned from here on.</param>
    /// <param name="another">Parses the file once more; called on another thread.</param>
    public PagesAhead(PageReader first, Func<PageReader> another, int pageCount)
    {
        this.first = first;
        lanes = new Lane[pageCount < PagesForLanes || Environment.ProcessorCount < Lanes ? 0 : Lanes];
        for (int lane = 0; lane < lanes.Length; lane++)
        {
            Lane ready = lanes[lane] = new Lane();
            (int from, Func<PageReader> open) = (lane + 1, lane == 0 ? () => first : another);
            new Thread(() => Work(open, from, pageCount, ready), ParserThread.StackBytes) { IsBackground = true }.Start();
        }
    }

    /// <summary>The next page in order.</summary>
    /// <exception cref="PageTooLargeException">It blows up.</exception>
    public (LaidOutPage Page, bool Broken) Next()
    {
        int number = next++;
        return lanes.Length == 0 ? first.Read(number) : lanes[(number - 1) % lanes.Length].Take().Get();
    }

    /// <summary>Waits for no page that is being read: a thread that is lost in one lets its parse go when it comes back, or ends with the process.</summary>
    public void Dispose()
    {
        Array.ForEach(lanes, lane => lane.Leave());
        if (lanes.Length == 0)
        {
            first.Dispose();
        }
    }

    private static void Work(Func<PageReader> open, int from, int pageCount, Lane ready)
    {
        try
        {
            using PageReader reader = open();
            for (int number = from; number <= pageCount && ready.Put(new Outcome(reader.Read(number), null)); number += Lanes)
            {
            }
        }
        catch (Exception exception)
        {
            ready.Put(new Outcome(default, ExceptionDispatchInfo.Capture(exception)));   // for the one who asks for that page
        }
    }

    private readonly record struct Outcome((LaidOutPage Page, bool Broken) Read, ExceptionDispatchInfo? Failure)
    {
        public (LaidOutPage Page, bool Broken) Get()
        {
            Failure?.Throw();
            return Read;
        }
    }

    /// <summary>Pages from one thread to one other. Who has to wait sleeps: spinning would take the core that the other side needs.</summary>
    private sealed class Lane
    {
        private readonly Outcome[] ready = new Outcome[Ahead];
        private int first, count;
        private bool left;

        /// <returns>False when nobody takes pages any more.</returns>
        public bool Put(Outcome outcome)
        {
            lock (ready)
            {
                while (count == Ahead && !left)
                {
                    Monitor.Wait(ready);
                }

                if (left)
                {
                    return false;
                }

                ready[(first + count++) % Ahead] = outcome;
                Monitor.Pulse(ready);
                return true;
            }
        }

        public Outcome Take()
        {
            lock (ready)
            {
                while (count == 0)
                {
                    Monitor.Wait(ready);
                }

                Outcome outcome = ready[first];
                ready[first] = default;
                (first, count) = ((first + 1) % Ahead, count - 1);
                Monitor.Pulse(ready);
                return outcome;
            }
        }

        public void Leave()
        {
            lock (ready)
            {
                left = true;
                Monitor.Pulse(ready);
            }
        }
    }
}
