using EfRoll.Engine.Manifests;
using EfRoll.Tool.Output;
using McMaster.Extensions.CommandLineUtils;

namespace EfRoll.Tool.Commands;

/// <summary><c>schema</c>: the JSON Schema of migration files, for editors.</summary>
static class SchemaCommand
{
    public static void AddTo(CommandLineApplication root, Reporter reporter) => root.Command("schema", command =>
    {
        command.Description = "Writes the JSON Schema of migration files, by which editors complete and check them.";
        command.OnExecute(() =>
        {
            reporter.Data(ManifestSchema.Text.TrimEnd('\n'));
            return (int)ExitCode.Success;
        });
    });
}
