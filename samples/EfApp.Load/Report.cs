using System.Globalization;

namespace EfApp.Load;

/// <summary>What is printed at the end.</summary>
static class Report
{
    /// <summary>Writes the table and the sum, and says whether nothing failed and nothing differs.</summary>
    public static bool Write(IReadOnlyList<Phase> phases, TextWriter output)
    {
        const string Row = "{0,-26} {1,7} {2,8} {3,6} {4,6} {5,6} {6,6} {7,8}";
        Line(Row, "phase", "release", "requests", "failed", "p50 ms", "p99 ms", "max ms", "rows ok");
        foreach (var phase in phases)
        {
            foreach (var server in phase.Servers.Where(server => server.Requests > 0))
            {
                Line(
                    Row,
                    phase.Name,
                    server.Release,
                    server.Requests,
                    server.Failed,
                    Milliseconds(server.Percentile(0.5)),
                    Milliseconds(server.Percentile(0.99)),
                    Milliseconds(server.Percentile(1)),
                    server.Checked - server.Differ);
            }
        }

        var servers = phases.SelectMany(phase => phase.Servers).ToList();
        var failed = servers.Sum(server => server.Failed);
        var differ = servers.Sum(server => server.Differ);
        Line(
            "demo: old {0} new {1} requests, {2} failed, {3} rows differ",
            servers.Where(server => server.Role == Role.Old).Sum(server => server.Requests),
            servers.Where(server => server.Role == Role.New).Sum(server => server.Requests),
            failed,
            differ);
        return failed == 0 && differ == 0;

        void Line(string format, params object[] values) => output.WriteLine(string.Format(CultureInfo.InvariantCulture, format, values));
    }

    static string Milliseconds(double value) => value.ToString(value < 10 ? "0.0" : "0", CultureInfo.InvariantCulture);
}
