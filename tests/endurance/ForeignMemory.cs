using System.Globalization;
using System.Text;

namespace SecureChat.EnduranceTests;

/// <summary>Everything that can be read of another process's memory, searched from outside, through <c>/proc/PID/mem</c>.</summary>
internal sealed class ForeignMemory(int process)
{
    private const int Chunk = 4 * 1024 * 1024;
    private const int Overlap = 64;
    private const int ShownAround = 40;

    /// <summary>How much was read the last time, in bytes.</summary>
    public long Read { get; private set; }

    /// <summary>Where these texts stand, as UTF-8 or UTF-16: the area of memory, and what is around the text there.</summary>
    /// <param name="texts">ASCII, at most 32 characters each.</param>
    public List<string> Find(params string[] texts)
    {
        byte[][] needles = [.. texts.Select(Encoding.ASCII.GetBytes), .. texts.Select(Encoding.Unicode.GetBytes)];
        List<string> found = [];
        Read = 0;
        using var memory = File.OpenHandle($"/proc/{process}/mem");
        var buffer = new byte[Chunk];
        foreach (var area in File.ReadAllLines($"/proc/{process}/maps"))
        {
            var words = area.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words[1][0] != 'r' || area.EndsWith("[vvar]", StringComparison.Ordinal) || area.EndsWith("[vsyscall]", StringComparison.Ordinal))
            {
                continue;
            }

            var ends = words[0].Split('-').Select(end => ulong.Parse(end, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToArray();
            for (var at = ends[0]; at < ends[1] && at <= long.MaxValue; at += Chunk - Overlap)
            {
                var length = (int)Math.Min(Chunk, ends[1] - at);
                var read = ReadAt(memory, buffer.AsSpan(0, length), (long)at);
                Read += read;
                foreach (var needle in needles)
                {
                    Collect(buffer.AsSpan(0, read), needle, $"{string.Join(' ', words[1..2].Concat(words[5..]))} {at:x}", found);
                }

                if (read < length || at + (ulong)length == ends[1])
                {
                    break;
                }
            }
        }

        return found;
    }

    // Some areas, such as those of devices, are listed and can't be read.
    private static int ReadAt(Microsoft.Win32.SafeHandles.SafeFileHandle memory, Span<byte> into, long at)
    {
        try
        {
            return RandomAccess.Read(memory, into, at);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static void Collect(ReadOnlySpan<byte> read, byte[] needle, string area, List<string> found)
    {
        for (var from = 0; read[from..].IndexOf(needle) is var place and >= 0; from += place + needle.Length)
        {
            var around = read[Math.Max(0, from + place - ShownAround)..Math.Min(read.Length, from + place + needle.Length + ShownAround)];
            found.Add($"{area}+{from + place:x}: {string.Concat(Encoding.Latin1.GetString(around).Select(letter => letter is >= ' ' and <= '~' ? letter : '.'))}");
        }
    }
}
