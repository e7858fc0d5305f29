using SecureChat.Ledger.Circle;

namespace SecureChat.Ledger.Verification;

/// <summary>What a fact of the log rests on, besides the relay's word.</summary>
internal enum Support
{
    /// <summary>Nothing; there is no statement for such an event.</summary>
    None,

    /// <summary>A statement with a right signature.</summary>
    Signed,

    /// <summary>The member stood by it later.</summary>
    Ratified,

    /// <summary>Nothing, although there could have been a statement.</summary>
    Unsigned,

    /// <summary>A statement that is not there.</summary>
    StatementMissing,

    /// <summary>A statement that cannot be verified, because the signer's keys are not there.</summary>
    KeysMissing,
}

/// <summary>The events by their names in entries.</summary>
internal enum EventKind
{
    FounderRegistered,
    MemberImported,
    RollbackAccepted,
    RequestSubmitted,
    VoteCast,
    MemberAdmitted,
    RequestRejected,
    RequestExpired,
    MemberLeft,
    RequestsLockChanged,
    HistoryRatified,
    StatementsRequired,
    AddendaErased,
}

/// <summary>What has to be remembered of every entry to grade it in the end: two bytes each.</summary>
internal sealed class EntryFacts
{
    // kind: 4 bits, support: 3, addenda that are there: 3, addenda that are missed: 3
    private const int SupportShift = 4;
    private const int ServedShift = 7;
    private const int MissedShift = 10;
    private const int KindMask = 15;
    private const int Mask = 7;

    private readonly List<ushort> facts = [];

    public long Count => facts.Count;

    public void Add(EventKind kind, Support support, AddendaSet served, AddendaSet missed) =>
        facts.Add((ushort)((int)kind | ((int)support << SupportShift) | ((int)served << ServedShift) | ((int)missed << MissedShift)));

    public EventKind Kind(long entry) => (EventKind)(facts[(int)entry] & KindMask);

    public Support Support(long entry) => (Support)((facts[(int)entry] >> SupportShift) & Mask);

    /// <summary>The addenda that are there.</summary>
    public AddendaSet Served(long entry) => (AddendaSet)((facts[(int)entry] >> ServedShift) & Mask);

    /// <summary>The addenda that are not there, as far as they were not declared erased.</summary>
    public AddendaSet Missed(long entry) => (AddendaSet)((facts[(int)entry] >> MissedShift) & Mask);

    public void Ratify(long entry) =>
        facts[(int)entry] = (ushort)((facts[(int)entry] & ~(Mask << SupportShift)) | ((int)Verification.Support.Ratified << SupportShift));

    public void Declare(long entry, AddendaSet erased) =>
        facts[(int)entry] = (ushort)(facts[(int)entry] & ~((int)erased << MissedShift));

    /// <summary>Whether nobody but the relay says so, although somebody could have.</summary>
    public bool IsGap(long entry) => Support(entry) is not (Verification.Support.Signed or Verification.Support.Ratified);

    public static EventKind KindOf(CircleEvent happened) => happened switch
    {
        FounderRegistered => EventKind.FounderRegistered,
        MemberImported => EventKind.MemberImported,
        RollbackAccepted => EventKind.RollbackAccepted,
        RequestSubmitted => EventKind.RequestSubmitted,
        VoteCast => EventKind.VoteCast,
        MemberAdmitted => EventKind.MemberAdmitted,
        RequestRejected => EventKind.RequestRejected,
        RequestExpired => EventKind.RequestExpired,
        MemberLeft => EventKind.MemberLeft,
        RequestsLockChanged => EventKind.RequestsLockChanged,
        HistoryRatified => EventKind.HistoryRatified,
        StatementsRequired => EventKind.StatementsRequired,
        AddendaErased => EventKind.AddendaErased,
        _ => throw new ArgumentOutOfRangeException(nameof(happened), happened.GetType().Name, "The event has no kind."),
    };
}
