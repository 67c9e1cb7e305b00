using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Rag.Web.Tests.Hosting;

internal sealed record LogLine(LogLevel Level, string Category, int Id, string Text);

/// <summary>What a server logged.</summary>
internal sealed class LogCollector : ILoggerProvider
{
    private readonly ConcurrentQueue<LogLine> _lines = [];

    /// <summary>Raised on the thread that logs, which waits meanwhile: a test can act at a moment inside the server's work.</summary>
    public event Action<LogLine>? Logged;

    /// <summary>What somebody who runs the server reads, oldest first.</summary>
    public IReadOnlyList<LogLine> Lines => [.. _lines.Where(line => line.Level >= LogLevel.Information)];

    public ILogger CreateLogger(string categoryName) => new Collecting(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Collecting(LogCollector collector, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var line = new LogLine(logLevel, category, eventId.Id, $"{formatter(state, exception)} {exception}");
            collector._lines.Enqueue(line);
            collector.Logged?.Invoke(line);
        }
    }
}
