using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace EfRoll.Runtime.Tests;

/// <summary>Keeps what was logged.</summary>
sealed class Recorder : ILoggerFactory, ILogger
{
    readonly ConcurrentQueue<(EventId Event, string Text)> _entries = new();

    public IEnumerable<string> Of(int eventId) => _entries.Where(entry => entry.Event.Id == eventId).Select(entry => entry.Text);

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _entries.Enqueue((eventId, formatter(state, exception)));

    public void Dispose()
    {
    }
}
