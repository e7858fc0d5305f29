using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Keys;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Ledger.Verification;

/// <summary>Whose signatures are verified. The key is read when it is first needed: that costs more than verifying with it.</summary>
/// <param name="rsaSpki">See <see cref="MemberKeys.RsaSpki"/>; null where the keys are missing.</param>
internal sealed class Signer(string? rsaSpki)
{
    /// <summary>Nobody whose keys are there.</summary>
    public static readonly Signer None = new(null);

    private RsaVerifier? verifier;

    /// <summary>Null where the keys are missing.</summary>
    /// <exception cref="FormatException">They are no key that the protocol allows.</exception>
    public RsaVerifier? Verifier()
    {
        if (verifier is null && rsaSpki is not null)
        {
            try
            {
                verifier = new RsaVerifier(RsaPublicKey.FromCanonicalSpki(Convert.FromBase64String(rsaSpki)));
            }
            catch (InvalidDataException unreadable)
            {
                throw new FormatException("the signer's key is no RSA key that the protocol allows", unreadable);
            }
        }

        return verifier;
    }
}

/// <summary>One membership, as far as grades and signatures need it.</summary>
internal sealed record Membership(long Handle, Hash LeafHash, Profile? Profile)
{
    /// <summary>Of nobody's key after the departure: keys are most of what a person weighs, and a long log has seen many people.</summary>
    public required Signer Signer { get; set; }

    public bool RequiresStatements { get; set; }

    public long? LeftAt { get; set; }

    /// <summary>Entries that others rest on and that nobody but the relay vouches for, though this member could.</summary>
    public List<long> Gaps { get; } = [];
}

/// <summary>A vote in favour, on a request that is pending.</summary>
internal readonly record struct Approval(long Voter, long Entry);

/// <summary>Somebody who asks to be let in.</summary>
internal sealed record Applicant(long Entry, Hash LeafHash, Signer Signer, Profile? Profile)
{
    public List<Approval> Approvals { get; } = [];
}

/// <summary>
/// Who is and was a member, and what their membership rests on. A gap is an entry that counts for somebody's admission, that
/// only the relay vouches for; it belongs to the membership that can still close it.
/// </summary>
internal sealed class Roster(EntryFacts facts)
{
    private readonly Dictionary<long, Membership> active = [];
    private readonly Dictionary<string, Applicant> applicants = [];
    private readonly List<Membership> everybody = [];
    private long firstOpenForEver = long.MaxValue;

    /// <summary>Every membership in the order of the handles.</summary>
    public IReadOnlyList<Membership> Everybody => everybody;

    public Membership Active(long handle) => active[handle];

    public Applicant Applicant(string request) => applicants[request];

    /// <summary>The first gap of the log that is open; beyond every leaf when there is none.</summary>
    public long FirstGap()
    {
        long first = firstOpenForEver;
        foreach (Membership member in active.Values)
        {
            foreach (long gap in member.Gaps)
            {
                first = Math.Min(first, gap);
            }
        }

        return first;
    }

    /// <summary>The founder, or somebody imported: the entry that says who it is makes it a member.</summary>
    public void Start(long entry, in Hash leafHash, Signer signer, Profile? profile)
    {
        Membership member = Add(new Membership(entry, leafHash, profile) { Signer = signer });
        Count(member, entry);
    }

    public void Submit(string request, Applicant applicant) => applicants.Add(request, applicant);

    public void Approve(string request, Approval approval) => applicants[request].Approvals.Add(approval);

    public void Admit(string request, long entry, in Hash leafHash)
    {
        applicants.Remove(request, out Applicant? applicant);
        Membership newcomer = Add(new Membership(entry, leafHash, applicant!.Profile) { Signer = applicant.Signer });
        Count(newcomer, applicant.Entry);

        // Whoever approved and left has not been counted.
        foreach (Approval approval in applicant.Approvals)
        {
            if (active.TryGetValue(approval.Voter, out Membership? voter))
            {
                Count(voter, approval.Entry);
            }
        }
    }

    public void Resolve(string request) => applicants.Remove(request);

    /// <summary>A departure. From here on nobody can close what this member has left open.</summary>
    public void Leave(long handle, long entry)
    {
        active.Remove(handle, out Membership? member);
        member!.LeftAt = entry;
        member.Signer = Signer.None;
        Count(member, entry);
        foreach (long gap in member.Gaps)
        {
            firstOpenForEver = Math.Min(firstOpenForEver, gap);
        }

        member.Gaps.Clear();
        member.Gaps.TrimExcess();
    }

    /// <summary>The member stands by its own founding or request, counted votes, and votes on pending requests below a size.</summary>
    public void Ratify(long handle, long size)
    {
        Membership member = active[handle];
        foreach (long gap in member.Gaps)
        {
            if (gap < size)
            {
                facts.Ratify(gap);
            }
        }

        member.Gaps.RemoveAll(gap => gap < size);
        foreach (Applicant applicant in applicants.Values)
        {
            foreach (Approval approval in applicant.Approvals)
            {
                if (approval.Voter == handle && approval.Entry < size && facts.IsGap(approval.Entry))
                {
                    facts.Ratify(approval.Entry);
                }
            }
        }
    }

    private Membership Add(Membership member)
    {
        active.Add(member.Handle, member);
        everybody.Add(member);
        return member;
    }

    private void Count(Membership member, long entry)
    {
        if (facts.IsGap(entry))
        {
            member.Gaps.Add(entry);
        }
    }
}
