namespace EfRoll.Engine.Backfill;

/// <summary>Lets workers pass, or holds them where they hold no lock: between two batches.</summary>
sealed class Gate
{
    volatile TaskCompletionSource? _closed;

    /// <summary>Whether workers are held.</summary>
    public bool IsClosed => _closed is not null;

    /// <summary>Opens or closes it.</summary>
    public void Set(bool isClosed)
    {
        if (isClosed)
        {
            _closed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        else
        {
            var closed = _closed;
            _closed = null;
            closed?.SetResult();
        }
    }

    /// <summary>Waits while it is closed.</summary>
    public Task PassAsync(CancellationToken cancellationToken) => _closed is { } closed ? closed.Task.WaitAsync(cancellationToken) : Task.CompletedTask;
}
