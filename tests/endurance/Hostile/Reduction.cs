namespace SecureChat.EnduranceTests.Hostile;

/// <summary>Makes a failure small: parts are left out as long as it fails without them (delta debugging, Zeller 1999).</summary>
internal static class Reduction
{
    /// <summary>The fewest parts that were found to fail still.</summary>
    /// <param name="parts">Parts that fail together.</param>
    /// <param name="fails">Tries again with fewer.</param>
    /// <param name="tries">How often at the most.</param>
    public static async Task<IReadOnlyList<T>> Of<T>(IReadOnlyList<T> parts, Func<IReadOnlyList<T>, Task<bool>> fails, int tries = 400)
    {
        var pieces = 2;
        while (parts.Count > 1 && tries > 0)
        {
            var size = Math.Max(1, parts.Count / pieces);
            var smaller = false;
            for (var start = 0; start < parts.Count && tries > 0; start += size, tries--)
            {
                List<T> rest = [.. parts.Take(start), .. parts.Skip(start + size)];
                if (rest.Count > 0 && await fails(rest))
                {
                    (parts, smaller) = (rest, true);
                    break;
                }
            }

            if (!smaller && size == 1)
            {
                break;
            }

            pieces = smaller ? Math.Max(2, pieces - 1) : pieces * 2;
        }

        return parts;
    }
}
