namespace SecureChat.FuzzTests;

/// <summary>Throws at a word that is in no seed, so that whoever looks on finds out whether crashes are found.</summary>
internal static class ControlTarget
{
    private const string Planted = "plant";

    public static Target Control => new("control", Read, () => ["seed"u8.ToArray()]);

    // A letter after the other, as parsers do: a fuzzer that is guided by coverage gets from one to the next.
    private static void Read(byte[] input)
    {
        int letters = 0;
        foreach (byte letter in input)
        {
            bool next = letters switch
            {
                0 => letter == 'p',
                1 => letter == 'l',
                2 => letter == 'a',
                3 => letter == 'n',
                _ => letter == 't',
            };
            if (!next)
            {
                return;
            }

            if (++letters == Planted.Length)
            {
                throw new InvalidOperationException("The planted crash.");
            }
        }
    }
}
