namespace EfRoll.Engine.Tests.Faults;

/// <summary>Counts how often a server has said that it is ready for the next statement.</summary>
sealed class ReadyCounter
{
    readonly byte[] _head = new byte[5];
    int _headLength;
    int _bodyLeft;

    /// <summary>How often.</summary>
    public int Ready { get; private set; }

    /// <summary>Takes what came next, which may begin and end within a message.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (_bodyLeft > 0)
            {
                var skipped = Math.Min(_bodyLeft, bytes.Length);
                _bodyLeft -= skipped;
                bytes = bytes[skipped..];
            }
            else
            {
                _head[_headLength++] = bytes[0];
                bytes = bytes[1..];
                if (_headLength == _head.Length)
                {
                    _headLength = 0;
                    _bodyLeft = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(_head.AsSpan(1)) - 4;
                    if (_head[0] == (byte)'Z')
                        Ready++;
                }
            }
        }
    }
}
