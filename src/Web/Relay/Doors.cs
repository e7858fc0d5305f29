namespace SecureChat.Web.Relay;

/// <summary>How many connections there are, in all and from each address. An address is forgotten with its last one.</summary>
internal sealed class Doors(int max, int maxPerAddress)
{
    private readonly Lock sync = new();
    private readonly Dictionary<string, int> byAddress = [];
    private int all;

    /// <summary>Counts one more; false, and nothing is counted, when there would be too many.</summary>
    public bool TryEnter(string address)
    {
        lock (sync)
        {
            int fromThere = byAddress.GetValueOrDefault(address);
            if (all >= max || fromThere >= maxPerAddress)
            {
                return false;
            }

            all++;
            byAddress[address] = fromThere + 1;
            return true;
        }
    }

    /// <summary>Counts one less.</summary>
    public void Leave(string address)
    {
        lock (sync)
        {
            all--;
            if (--byAddress[address] == 0)
            {
                byAddress.Remove(address);
            }
        }
    }
}
