using System.Globalization;

namespace SecureChat.Ledger.Transparency;

/// <summary>
/// The name of a tile or entry bundle (C2SP tlog-tiles).
/// <code>
/// tile/&lt;L&gt;/&lt;N&gt;            256 hashes
/// tile/&lt;L&gt;/&lt;N&gt;.p/&lt;W&gt;        the first W of them, 1 to 255
/// tile/entries/&lt;N&gt;[.p/&lt;W&gt;]  the entries under tile (0, N)
/// N in groups of three digits, all but the last with a leading x: 1234067 is x001/x234/067, 0 is 000
/// </code>
/// </summary>
/// <param name="Level">0 to 63, or <see cref="EntriesLevel"/>.</param>
/// <param name="Index">N, counted from the left within the level.</param>
/// <param name="Width">The number of hashes or entries: 1 to 255 in a partial tile, 256 in a full one.</param>
public readonly record struct TilePath(int Level, long Index, int Width)
{
    /// <summary>Stands in place of the level for entry bundles.</summary>
    public const int EntriesLevel = -1;

    /// <summary>The width of a full tile.</summary>
    public const int FullWidth = 256;

    private const int MaximumLevel = 63;
    private const int GroupDigits = 3;
    private const int MaximumGroups = 7;
    private const string Prefix = "tile/";
    private const string Entries = "entries";
    private const string PartialMark = ".p/";

    /// <summary>Whether this is a bundle of entries and no tile of hashes.</summary>
    public bool IsEntries => Level == EntriesLevel;

    /// <summary>Whether all 256 are there, so that it will never change.</summary>
    public bool IsFull => Width == FullWidth;

    /// <summary>Whether a tree of this size has so many hashes or entries at this place.</summary>
    public bool ExistsIn(long size)
    {
        long count = Tiles.HashCount(IsEntries ? 0 : Level, size);
        return Index >= 0 && Width is >= 1 and <= FullWidth && count >= Width && Index <= (count - Width) / FullWidth;
    }

    /// <summary>The path, without a leading slash.</summary>
    public string Format()
    {
        string level = IsEntries ? Entries : Canonical.Decimal(Level);
        string groups = (Index % 1000).ToString("000", CultureInfo.InvariantCulture);
        for (long rest = Index / 1000; rest > 0; rest /= 1000)
        {
            groups = $"x{(rest % 1000).ToString("000", CultureInfo.InvariantCulture)}/{groups}";
        }

        return IsFull ? $"{Prefix}{level}/{groups}" : $"{Prefix}{level}/{groups}{PartialMark}{Canonical.Decimal(Width)}";
    }

    /// <summary>A path: exactly what <see cref="Format"/> writes.</summary>
    public static Parsed<TilePath> Parse(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!path.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return new Invalid("a tile path starts with tile/");
        }

        ReadOnlySpan<char> rest = path.AsSpan(Prefix.Length);
        int slash = rest.IndexOf('/');
        if (slash < 0 || !TryLevel(rest[..slash], out int level))
        {
            return new Invalid("the level of a tile is entries or a number from 0 to 63");
        }

        rest = rest[(slash + 1)..];
        int width = FullWidth;
        if (rest.IndexOf(PartialMark, StringComparison.Ordinal) is >= 0 and var mark)
        {
            if (!Canonical.TryDecimal(rest[(mark + PartialMark.Length)..], out long partial) || partial is < 1 or >= FullWidth)
            {
                return new Invalid("the width of a partial tile is a number from 1 to 255");
            }

            width = (int)partial;
            rest = rest[..mark];
        }

        return TryIndex(rest, out long index)
            ? new TilePath(level, index, width)
            : new Invalid("the index of a tile is groups of three digits, all but the last with a leading x");
    }

    private static bool TryLevel(ReadOnlySpan<char> text, out int level)
    {
        level = EntriesLevel;
        if (text is Entries)
        {
            return true;
        }

        if (!Canonical.TryDecimal(text, out long number) || number > MaximumLevel)
        {
            return false;
        }

        level = (int)number;
        return true;
    }

    private static bool TryIndex(ReadOnlySpan<char> text, out long index)
    {
        index = 0;
        Span<char> digits = stackalloc char[MaximumGroups * GroupDigits];
        int length = 0;
        bool isLast = false;
        while (!isLast)
        {
            int slash = text.IndexOf('/');
            isLast = slash < 0;
            ReadOnlySpan<char> group = isLast ? text : text[..slash];
            if (length == digits.Length || (!isLast && group is not ['x', ..]))
            {
                return false;
            }

            group = isLast ? group : group[1..];
            if (group.Length != GroupDigits)
            {
                return false;
            }

            group.CopyTo(digits[length..]);
            length += GroupDigits;
            text = isLast ? default : text[(slash + 1)..];
        }

        // The first of several groups says something: x000 would be a second name for the same tile.
        if (length > GroupDigits && digits[..GroupDigits] is "000")
        {
            return false;
        }

        ReadOnlySpan<char> number = digits[..length].TrimStart('0');
        return Canonical.TryDecimal(number.IsEmpty ? "0" : number, out index);
    }
}
