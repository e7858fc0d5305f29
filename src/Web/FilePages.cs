using System.Buffers;
using System.Buffers.Text;
using System.Runtime.InteropServices;

namespace SecureChat.Web;

/// <summary>
/// The pages of programs and libraries that are mapped into this process. They can be unmapped at any time where nothing was ever written:
/// they stay in the page cache until the kernel wants the memory, and whatever is needed again is mapped again when it is.
/// </summary>
internal static class FilePages
{
    // Longer than the longest line, which has a path in it.
    private const int ReadAtOnce = 16 * 1024;

    /// <summary>Unmaps all that can be. Only on Linux; elsewhere nothing happens.</summary>
    /// <remarks>
    /// Between looking and unmapping nobody may unload a library, or something else could be mapped where it was. This process never does.
    /// </remarks>
    public static void Return()
    {
        const int DontNeed = 4; // MADV_DONTNEED
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            using FileStream smaps = new("/proc/self/smaps", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            Find(smaps, static (start, length) => _ = Advise(start, length, DontNeed));
        }
        catch (Exception closed) when (closed is IOException or UnauthorizedAccessException)
        {
            // Then they stay.
        }
    }

    /// <summary>Finds the mappings that can be unmapped: private, of a file, not writable, and no page of them anonymous or swapped out.</summary>
    /// <remarks>
    /// A library's addresses are written into pages that are made read-only afterwards. Such pages are anonymous, and when the kernel has
    /// moved them to the swap they are not counted as that any more: unmapping them would lose what was written, in both cases.
    /// </remarks>
    /// <param name="smaps">The text of <c>/proc/[pid]/smaps</c> (proc_pid_smaps(5)).</param>
    /// <param name="found">Called with the start and the length of each, in bytes.</param>
    public static void Find(Stream smaps, Action<nuint, nuint> found)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ReadAtOnce);
        Mapping mapping = default;
        int kept = 0;
        int count;
        while ((count = smaps.Read(buffer.AsSpan(kept))) > 0)
        {
            ReadOnlySpan<byte> text = buffer.AsSpan(0, kept + count);
            for (int end = text.IndexOf((byte)'\n'); end >= 0; end = text.IndexOf((byte)'\n'))
            {
                if (Mapping.TryBegin(text[..end], out Mapping next))
                {
                    mapping.Tell(found);
                    mapping = next;
                }
                else
                {
                    mapping.Learn(text[..end]);
                }

                text = text[(end + 1)..];
            }

            text.CopyTo(buffer);
            kept = text.Length;
        }

        mapping.Tell(found);
        ArrayPool<byte>.Shared.Return(buffer);
    }

    [DllImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Advise(nuint start, nuint length, int advice);

    private struct Mapping
    {
        private nuint start;
        private nuint end;
        private bool fromFile;
        private bool nothingAnonymous;
        private bool nothingSwapped;

        // "7f0c1a000000-7f0c1a021000 r-xp 00000000 fe:01 1234   /usr/lib/x.so"
        public static bool TryBegin(ReadOnlySpan<byte> line, out Mapping mapping)
        {
            mapping = default;
            if (!Utf8Parser.TryParse(line, out ulong start, out int length, 'x') || length >= line.Length || line[length] != '-'
                || !Utf8Parser.TryParse(line[(length + 1)..], out ulong end, out int endLength, 'x'))
            {
                return false;
            }

            ReadOnlySpan<byte> rest = line[(length + 1 + endLength)..];
            mapping.start = (nuint)start;
            mapping.end = (nuint)end;
            mapping.fromFile = (rest.StartsWith(" r-xp "u8) || rest.StartsWith(" r--p "u8)) && rest.IndexOf(" /"u8) >= 0;
            return true;
        }

        public void Learn(ReadOnlySpan<byte> line)
        {
            nothingAnonymous |= IsZero(line, "Anonymous:"u8);
            nothingSwapped |= IsZero(line, "Swap:"u8);
        }

        public readonly void Tell(Action<nuint, nuint> found)
        {
            if (fromFile && nothingAnonymous && nothingSwapped)
            {
                found(start, end - start);
            }
        }

        private static bool IsZero(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name) =>
            line.StartsWith(name) && line[name.Length..].TrimStart((byte)' ').SequenceEqual("0 kB"u8);
    }
}
