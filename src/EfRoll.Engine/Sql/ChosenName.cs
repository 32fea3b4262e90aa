using System.Globalization;
using System.Text;
using EfRoll.Shared;

namespace EfRoll.Engine.Sql;

/// <summary>Names that PostgreSQL chooses where nobody gives one: <c>table_column_label</c>, the longer part cut first.</summary>
/// <remarks>As <c>makeObjectName</c> in PostgreSQL's <c>src/backend/commands/indexcmds.c</c> does.</remarks>
static class ChosenName
{
    /// <summary>The name; with a number behind the label where the ones before are taken.</summary>
    public static Identifier Of(string table, string columns, string label, Func<Identifier, bool> isTaken)
    {
        for (var number = 0; ; number++)
        {
            var name = Make(table, columns, number == 0 ? label : label + number.ToString(CultureInfo.InvariantCulture));
            if (!isTaken(name))
                return name;
        }
    }

    static Identifier Make(string table, string columns, string label)
    {
        var available = Identifier.MaxBytes - (label.Length + 1) - (columns.Length > 0 ? 1 : 0);
        var (tableBytes, columnBytes) = (Encoding.UTF8.GetByteCount(table), Encoding.UTF8.GetByteCount(columns));
        while (tableBytes + columnBytes > available)
        {
            if (tableBytes > columnBytes)
                tableBytes--;
            else
                columnBytes--;
        }

        var parts = columns.Length > 0
            ? new[] { VersionSchema.Cut(table, tableBytes), VersionSchema.Cut(columns, columnBytes), label }
            : [VersionSchema.Cut(table, tableBytes), label];
        return new Identifier(string.Join('_', parts));
    }
}
