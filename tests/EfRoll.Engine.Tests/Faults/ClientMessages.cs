using System.Buffers.Binary;
using System.Text;

namespace EfRoll.Engine.Tests.Faults;

/// <summary>What a client sends to be answered at once: a statement, together with its arguments.</summary>
/// <param name="Bytes">As sent.</param>
/// <param name="Sql">The statement's text, the first one's of a batch; empty where it is none, such as a password.</param>
/// <param name="EndsWithReady">Whether the answer ends with the server being ready for the next.</param>
sealed record ClientMessages(byte[] Bytes, string Sql, bool EndsWithReady)
{
    /// <summary>The same, but with another statement instead of the first one, which takes the same arguments.</summary>
    public ClientMessages WithSql(string sql)
    {
        var at = Bytes[0] == (byte)'Q' ? 0 : FindParse();
        var end = at + 1 + LengthAt(Bytes, at + 1);
        // A query is its text; what is parsed has a name before it, and the types of its arguments after it.
        var text = Bytes[at] == (byte)'Q' ? at + 5 : Array.IndexOf(Bytes, (byte)0, at + 5) + 1;
        var after = Array.IndexOf(Bytes, (byte)0, text);
        byte[] body = [.. Bytes[(at + 5)..text], .. Encoding.UTF8.GetBytes(sql), .. Bytes[after..end]];
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, body.Length + 4);
        return this with { Bytes = [.. Bytes[..(at + 1)], .. length, .. body, .. Bytes[end..]], Sql = sql };
    }

    /// <summary>Reads from a client until it is gone. https://www.postgresql.org/docs/current/protocol-message-formats.html</summary>
    public static async IAsyncEnumerable<ClientMessages> ReadAsync(Stream client, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // The first message has no type.
        var start = new byte[4];
        await client.ReadExactlyAsync(start, cancellationToken);
        byte[] rest = [.. start, .. await ReadAsync(client, LengthAt(start, 0) - 4, cancellationToken)];
        yield return new ClientMessages(rest, "", EndsWithReady: true);

        List<byte> bytes = [];
        var sql = "";
        var head = new byte[5];
        while (await client.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken) == head.Length)
        {
            var body = await ReadAsync(client, LengthAt(head, 1) - 4, cancellationToken);
            bytes.AddRange(head);
            bytes.AddRange(body);
            var type = (char)head[0];
            if (sql.Length == 0 && type is 'Q' or 'P')
            {
                var text = type == 'Q' ? 0 : Array.IndexOf(body, (byte)0) + 1;
                sql = Encoding.UTF8.GetString(body, text, Array.IndexOf(body, (byte)0, text) - text);
            }

            if (type is not ('Q' or 'S' or 'p' or 'X'))
                continue;
            yield return new ClientMessages([.. bytes], sql, type is 'Q' or 'S');
            bytes.Clear();
            sql = "";
        }
    }

    int FindParse()
    {
        var at = 0;
        while (Bytes[at] != (byte)'P')
            at += 1 + LengthAt(Bytes, at + 1);
        return at;
    }

    static async Task<byte[]> ReadAsync(Stream stream, int length, CancellationToken cancellationToken)
    {
        var bytes = new byte[length];
        await stream.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }

    static int LengthAt(byte[] bytes, int at) => BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at));
}
