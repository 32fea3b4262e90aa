using System.Diagnostics;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace EfRoll.Translator.Host;

/// <summary>
/// The services that an application registers, had by running its entry point until it has built its host; nothing after that runs.
/// </summary>
sealed class ApplicationServices : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    // As long as `dotnet ef` waits.
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    readonly TaskCompletionSource<IServiceProvider?> _built = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly List<IDisposable> _subscriptions = [];
    readonly AsyncLocal<bool> _isOurs = new();

    ApplicationServices()
    {
    }

    /// <summary>What went wrong in the entry point, if it did.</summary>
    public Exception? Problem { get; private set; }

    /// <summary>The services, in a scope of their own; none if there is no entry point or it builds no host.</summary>
    public IServiceProvider Services { get; private set; } = NoServices.Instance;

    /// <summary>Runs an assembly's entry point.</summary>
    public static ApplicationServices Of(Assembly startup)
    {
        var application = new ApplicationServices();
        if (startup.EntryPoint is { } entryPoint)
            application.Run(entryPoint, startup.GetName().Name!);
        return application;
    }

    void Run(MethodInfo entryPoint, string name)
    {
        using var all = DiagnosticListener.AllListeners.Subscribe(this);
        var thread = new Thread(() =>
        {
            _isOurs.Value = true;
            try
            {
                object?[] arguments = entryPoint.GetParameters().Length == 0 ? [] : [new[] { $"--applicationName={name}" }];
                entryPoint.Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                if (!_built.Task.IsCompleted)
                    Problem = exception;
            }

            _built.TrySetResult(null);
        })
        {
            // An application that catches what stops it must not keep this process alive.
            IsBackground = true,
        };
        thread.Start();

        if (!_built.Task.Wait(Patience))
            Problem = new TimeoutException($"The entry point of {name} built no host within {Patience.TotalMinutes} minutes.");
        foreach (var subscription in _subscriptions)
            subscription.Dispose();
        if (_built.Task is { IsCompletedSuccessfully: true, Result: { } services })
            Services = services.CreateScope().ServiceProvider;
    }

    void IObserver<DiagnosticListener>.OnNext(DiagnosticListener value)
    {
        if (_isOurs.Value && value.Name == "Microsoft.Extensions.Hosting")
            _subscriptions.Add(value.Subscribe(this));
    }

    void IObserver<KeyValuePair<string, object?>>.OnNext(KeyValuePair<string, object?> value)
    {
        if (!_isOurs.Value || value.Key != "HostBuilt" || value.Value is null)
            return;
        _built.TrySetResult((IServiceProvider?)value.Value.GetType().GetProperty("Services")?.GetValue(value.Value));
        throw StopApplication();
    }

    // Applications that log every failure know this exception and let it pass; it lives in their own version of the hosting package.
    static Exception StopApplication()
    {
        var type = Type.GetType("Microsoft.Extensions.Hosting.HostAbortedException, Microsoft.Extensions.Hosting.Abstractions", throwOnError: false);
        return type is not null && Activator.CreateInstance(type) is Exception aborted ? aborted : new OperationCanceledException();
    }

    void IObserver<DiagnosticListener>.OnCompleted()
    {
    }

    void IObserver<DiagnosticListener>.OnError(Exception error)
    {
    }

    void IObserver<KeyValuePair<string, object?>>.OnCompleted()
    {
    }

    void IObserver<KeyValuePair<string, object?>>.OnError(Exception error)
    {
    }

    sealed class NoServices : IServiceProvider
    {
        public static readonly NoServices Instance = new();

        public object? GetService(Type serviceType) => null;
    }
}
