using System.Text;
using EfRoll.Engine.Manifests;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;
using EfRoll.Translator.Errors;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace EfRoll.Translator;

/// <summary>EF Core's statements for its history table, as a context's options, naming conventions and replaced services have them.</summary>
sealed class HistoryStatements
{
    readonly IHistoryRepository _repository;
    readonly HistoryManifest _table;

    HistoryStatements(IHistoryRepository repository)
    {
        _repository = repository;
        _table = TableOf(repository);
    }

    /// <summary>Asks a context for them.</summary>
    public static HistoryStatements Of(DbContext context) => new(context.GetService<IHistoryRepository>());

    /// <summary>The manifest with them.</summary>
    public ContextManifest AddTo(ContextManifest manifest) => manifest with
    {
        History = _table,
        Migrations = manifest.Migrations.Select(migration => migration with
        {
            InsertHistory = SqlText.Verbatim(_repository.GetInsertScript(new HistoryRow(migration.Migration.Id, ProductInfo.GetVersion())).Trim()),
            DeleteHistory = SqlText.Verbatim(_repository.GetDeleteScript(migration.Migration.Id).Trim()),
        }).ToEquatableList(),
    };

    // The names are read from the statement itself: options, naming conventions and replaced repositories all end there.
    static HistoryManifest TableOf(IHistoryRepository history)
    {
        var script = history.GetInsertScript(new HistoryRow("id", "version")).Trim();
        var scanner = new NameScanner(script);
        if (!scanner.Skip("INSERT INTO") || scanner.Name() is not { } first)
            throw HostMistakes.HistoryNotUnderstood(script);
        var table = scanner.Skip(".") ? scanner.Name() is { } second ? new RelationName(first, second) : throw HostMistakes.HistoryNotUnderstood(script) : new RelationName(first);
        if (!scanner.Skip("(") || scanner.Name() is not { } column)
            throw HostMistakes.HistoryNotUnderstood(script);
        return new HistoryManifest(table, new Identifier(column), SqlText.Verbatim(history.GetCreateIfNotExistsScript().Trim()));
    }

    /// <summary>Reads names, quoted or bare, from the beginning of a statement.</summary>
    sealed class NameScanner(string sql)
    {
        int _at;

        public bool Skip(string text)
        {
            SkipSpace();
            if (string.CompareOrdinal(sql, _at, text, 0, text.Length) != 0)
                return false;
            _at += text.Length;
            return true;
        }

        public string? Name()
        {
            SkipSpace();
            var name = new StringBuilder();
            if (_at < sql.Length && sql[_at] == '"')
            {
                for (_at++; _at < sql.Length; _at++)
                {
                    if (sql[_at] == '"' && (_at + 1 == sql.Length || sql[_at + 1] != '"'))
                    {
                        _at++;
                        break;
                    }

                    if (sql[_at] == '"')
                        _at++;
                    name.Append(sql[_at]);
                }
            }
            else
            {
                for (; _at < sql.Length && (char.IsLetterOrDigit(sql[_at]) || sql[_at] is '_' or '$'); _at++)
                    name.Append(sql[_at]);
            }

            return name.Length == 0 ? null : name.ToString();
        }

        void SkipSpace()
        {
            while (_at < sql.Length && char.IsWhiteSpace(sql[_at]))
                _at++;
        }
    }
}
