namespace SecureChat.Ledger.Transparency;

/// <summary>Reads the lines of a policy in order, so that a name can only be used below the line that defines it.</summary>
internal sealed class WitnessPolicyParser
{
    private readonly List<PolicyLog> _logs = [];
    private readonly List<PolicyWitness> _witnesses = [];
    private readonly List<PolicyGroup> _groups = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal) { WitnessPolicy.NoQuorum };
    private readonly HashSet<string> _members = new(StringComparer.Ordinal);
    private string? _quorum;

    private WitnessPolicyParser()
    {
    }

    public static Parsed<WitnessPolicy> Parse(ReadOnlySpan<byte> file)
    {
        // Octets above 0x7F are opaque to the format. Strict UTF-8 keeps them so: equal strings are equal octets.
        if (file.Length > SignedNote.MaximumBytes || Canonical.Text(file) is not { } whole)
        {
            return new Invalid("a policy is strict UTF-8 of at most a megabyte");
        }

        WitnessPolicyParser parser = new WitnessPolicyParser();
        ReadOnlySpan<char> text = whole.AsSpan();
        for (int number = 1; !text.IsEmpty; number++)
        {
            if (!Canonical.TryTakeLine(ref text, out ReadOnlySpan<char> line))
            {
                return new Invalid($"line {number}: does not end in LF");
            }

            if (parser.Refuse(line.ToString()) is { } reason)
            {
                return new Invalid($"line {number}: {reason}");
            }
        }

        return parser._quorum is { } quorum
            ? new WitnessPolicy(parser._logs, parser._witnesses, parser._groups, quorum)
            : new Invalid("a policy has a quorum line");
    }

    private string? Refuse(string line)
    {
        if (line.Any(character => character is < ' ' and not '\t' or '\x7F'))
        {
            return "holds a control character";
        }

        return line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries) switch
        {
            [] => null,
            [['#', ..], ..] => null,
            ["log", var vkey] => Log(vkey, url: null),
            ["log", var vkey, var url] => Log(vkey, url),
            ["witness", var name, var vkey] => Witness(name, vkey, url: null),
            ["witness", var name, var vkey, var url] => Witness(name, vkey, url),
            ["group", var name, var threshold, .. { Length: > 0 } members] => Group(name, threshold, members),
            ["quorum", var name] => QuorumOf(name),
            _ => "is neither log, witness, group nor quorum with the right number of words",
        };
    }

    private string? Log(string vkey, string? url)
    {
        if (!VerifierKey.Parse(vkey).TryGet(out VerifierKey? key, out string? reason))
        {
            return reason;
        }

        if (key.Type != SignatureType.Ed25519)
        {
            return "the key of a log is of type 01";
        }

        if (_logs.Exists(log => SamePublicKey(log.Key, key)))
        {
            return "two logs have the same key";
        }

        _logs.Add(new PolicyLog(key, url));
        return null;
    }

    private string? Witness(string name, string vkey, string? url)
    {
        if (!VerifierKey.Parse(vkey).TryGet(out VerifierKey? key, out string? reason))
        {
            return reason;
        }

        if (key.Type != SignatureType.Cosignature)
        {
            return "the key of a witness is of type 04";
        }

        if (_witnesses.Exists(witness => SamePublicKey(witness.Key, key)))
        {
            return "two witnesses have the same key";
        }

        if (!_names.Add(name))
        {
            return "the name is taken";
        }

        _witnesses.Add(new PolicyWitness(name, key, url));
        return null;
    }

    private string? Group(string name, string threshold, string[] members)
    {
        long needed = threshold switch { "all" => members.Length, "any" => 1, _ => 0 };
        if (needed == 0 && (!Canonical.TryDecimal(threshold, out needed) || needed < 1 || needed > members.Length))
        {
            return "the threshold of a group is all, any, or a number from 1 to that of its members";
        }

        foreach (string member in members)
        {
            if (!IsDefined(member))
            {
                return "a group has members that are defined above it";
            }

            // One place in the whole policy for each name: nobody counts twice.
            if (!_members.Add(member))
            {
                return "a name is a member of one group, once";
            }
        }

        if (!_names.Add(name))
        {
            return "the name is taken";
        }

        _groups.Add(new PolicyGroup(name, (int)needed, members));
        return null;
    }

    private string? QuorumOf(string name)
    {
        if (_quorum is not null)
        {
            return "a policy has one quorum line";
        }

        if (!_names.Contains(name))
        {
            return "the quorum is a witness or group that is defined above it, or none";
        }

        _quorum = name;
        return null;
    }

    private bool IsDefined(string member) => member != WitnessPolicy.NoQuorum && _names.Contains(member);

    private static bool SamePublicKey(VerifierKey left, VerifierKey right) => left.PublicKey.Span.SequenceEqual(right.PublicKey.Span);
}
