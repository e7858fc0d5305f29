using System.Text;

namespace SecureChat.EnduranceTests.Disk;

/// <summary>What was done to a data folder, call by call, as <c>disk.c</c> wrote it down.</summary>
/// <param name="Kind">What.</param>
/// <param name="At">When, in nanoseconds of the monotonic clock.</param>
/// <param name="File">The inode.</param>
/// <param name="Offset">Where a write begins, or the new length of a file.</param>
/// <param name="Data">What was written; a path, or two with a line end between them, for what happens to names.</param>
internal sealed record DiskCall(DiskCallKind Kind, long At, ulong File, long Offset, byte[] Data)
{
    public string[] Names => [.. Encoding.UTF8.GetString(Data).Split('\n').Select(path => Path.GetFileName(path))];

    public static List<DiskCall> Read(string record)
    {
        using BinaryReader reader = new(System.IO.File.OpenRead(record));
        List<DiskCall> calls = [];
        while (reader.BaseStream.Position < reader.BaseStream.Length)
        {
            calls.Add(new DiskCall(
                (DiskCallKind)reader.ReadByte(), reader.ReadInt64(), reader.ReadUInt64(), reader.ReadInt64(), reader.ReadBytes(reader.ReadInt32())));
        }

        return calls;
    }
}

/// <summary>The letters in the record.</summary>
internal enum DiskCallKind : byte
{
    Create = (byte)'C',
    Write = (byte)'W',
    Truncate = (byte)'T',
    Sync = (byte)'S',
    Rename = (byte)'R',
    Unlink = (byte)'U',
    SyncFolder = (byte)'D',
}
