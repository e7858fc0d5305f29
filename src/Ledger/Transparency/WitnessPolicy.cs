using System.Text;

namespace SecureChat.Ledger.Transparency;

/// <summary>A log that a policy accepts.</summary>
/// <param name="Key">Of type 01; its name is the log's origin.</param>
/// <param name="Url">Where the log is, if the policy says so.</param>
public sealed record PolicyLog(VerifierKey Key, string? Url);

/// <summary>A witness that a policy knows.</summary>
/// <param name="Name">Its name within the policy, with no meaning elsewhere.</param>
/// <param name="Key">Of type 04.</param>
/// <param name="Url">The prefix before /add-checkpoint, if the policy says so.</param>
public sealed record PolicyWitness(string Name, VerifierKey Key, string? Url);

/// <summary>Witnesses and groups of which a number together count as one witness.</summary>
/// <param name="Name">Its name within the policy.</param>
/// <param name="Threshold">How many members have to have witnessed, from 1 to all.</param>
/// <param name="Members">Names of witnesses and groups that were defined before.</param>
public sealed record PolicyGroup(string Name, int Threshold, IReadOnlyList<string> Members);

/// <summary>
/// Which logs are trusted, and whose cosignatures a checkpoint needs (C2SP tlog-policy).
/// <code>
/// log &lt;vkey&gt; [&lt;url&gt;]
/// witness &lt;name&gt; &lt;vkey&gt; [&lt;url&gt;]
/// group &lt;name&gt; all|any|&lt;k&gt; &lt;name&gt;...
/// quorum &lt;name&gt;|none
/// </code>
/// Words stand between blanks and tabs; empty lines and those that start with # are ignored. A group or quorum names what stands above it.
/// </summary>
public sealed class WitnessPolicy
{
    internal const string NoQuorum = "none";

    internal WitnessPolicy(
        IReadOnlyList<PolicyLog> logs, IReadOnlyList<PolicyWitness> witnesses, IReadOnlyList<PolicyGroup> groups, string quorum)
    {
        Logs = logs;
        Witnesses = witnesses;
        Groups = groups;
        Quorum = quorum;
    }

    /// <summary>The logs; a checkpoint of any of them is accepted.</summary>
    public IReadOnlyList<PolicyLog> Logs { get; }

    /// <summary>The witnesses, whether the quorum needs them or not.</summary>
    public IReadOnlyList<PolicyWitness> Witnesses { get; }

    /// <summary>The groups, each after those it is made of.</summary>
    public IReadOnlyList<PolicyGroup> Groups { get; }

    /// <summary>The witness or group that has to have witnessed, or <c>none</c>.</summary>
    public string Quorum { get; }

    /// <summary>The policy that asks for the signature of one log and nothing else.</summary>
    public static WitnessPolicy OfLog(VerifierKey log) => new([new PolicyLog(log, Url: null)], [], [], NoQuorum);

    /// <summary>A policy from the bytes of its file. The sentence of a refusal names the line.</summary>
    public static Parsed<WitnessPolicy> Parse(ReadOnlySpan<byte> file) => WitnessPolicyParser.Parse(file);

    /// <summary>The policy as a file, without the comments it may have been read with.</summary>
    public byte[] Format()
    {
        StringBuilder text = new StringBuilder();
        foreach (PolicyLog log in Logs)
        {
            AppendLine(text, ["log", log.Key.Format(), log.Url]);
        }

        foreach (PolicyWitness witness in Witnesses)
        {
            AppendLine(text, ["witness", witness.Name, witness.Key.Format(), witness.Url]);
        }

        foreach (PolicyGroup group in Groups)
        {
            AppendLine(text, ["group", group.Name, Canonical.Decimal(group.Threshold), .. group.Members]);
        }

        AppendLine(text, ["quorum", Quorum]);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Whether these cosigners, whose signatures were verified, make up the quorum. Keys that are no witness's count for nothing.</summary>
    public bool IsQuorum(IReadOnlyCollection<VerifierKey> cosigners)
    {
        ArgumentNullException.ThrowIfNull(cosigners);
        if (Quorum == NoQuorum)
        {
            return true;
        }

        HashSet<string> witnessed = new HashSet<string>(StringComparer.Ordinal);
        foreach (PolicyWitness witness in Witnesses)
        {
            if (cosigners.Contains(witness.Key))
            {
                witnessed.Add(witness.Name);
            }
        }

        foreach (PolicyGroup group in Groups)
        {
            if (group.Members.Count(witnessed.Contains) >= group.Threshold)
            {
                witnessed.Add(group.Name);
            }
        }

        return witnessed.Contains(Quorum);
    }

    /// <summary>A checkpoint that one of the logs has signed and a quorum of witnesses has cosigned, from the bytes of the note.</summary>
    public Parsed<SignedCheckpoint> Open(ReadOnlySpan<byte> note)
    {
        if (!SignedNote.Parse(note).TryGet(out SignedNote? parsed, out string? reason)
            || !Checkpoint.Parse(parsed.Text).TryGet(out Checkpoint? checkpoint, out reason))
        {
            return new Invalid(reason);
        }

        // All known keys at once: a wrong signature of any of them condemns the note.
        NoteVerification verification = parsed.Verify([.. Logs.Select(log => log.Key), .. Witnesses.Select(witness => witness.Key)]);
        if (verification.Verdict == NoteVerdict.WrongSignature)
        {
            return new Invalid("the checkpoint carries a wrong signature of a key that the policy knows");
        }

        VerifierKey[] signers = [.. verification.Verified.Select(verified => verified.Key)];
        if (!Logs.Any(log => log.Key.Name == checkpoint.Origin && signers.Contains(log.Key)))
        {
            return new Invalid("the checkpoint is not signed by a log that the policy accepts");
        }

        if (!checkpoint.HasPossibleRoot)
        {
            return new Invalid("a checkpoint of size 0 has the root of the empty tree");
        }

        return IsQuorum(signers)
            ? new SignedCheckpoint(checkpoint, parsed)
            : new Invalid("the witnesses of the checkpoint are no quorum");
    }

    private static void AppendLine(StringBuilder text, IEnumerable<string?> words) =>
        text.AppendJoin(' ', words.Where(word => word is not null)).Append('\n');
}
