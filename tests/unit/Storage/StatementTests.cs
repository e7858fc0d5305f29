using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;

namespace SecureChat.UnitTests.Storage;

/// <summary>A statement is taken as a whole and exactly, or the call does not happen.</summary>
public sealed class StatementTests : IAsyncLifetime
{
    private const string Other = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

    // The same one each time, because every one is made with other nonces.
    private readonly Dictionary<string, Newcomer> newcomers = [];

    private SignedCalls calls = null!;

    public static TheoryData<StatementKind> OfMembers =>
        [StatementKind.Vote, StatementKind.Leave, StatementKind.Lock, StatementKind.Ratify, StatementKind.Require];

    public static TheoryData<StatementKind> OfEverybody => [.. Enum.GetValues<StatementKind>()];

    public async Task InitializeAsync() => calls = await SignedCalls.Start();

    [Fact]
    public void Founding_and_asking_keep_their_statements()
    {
        calls.ProofsAt(0).ShouldHaveSingleItem().Statement.ShouldStartWith("securechat-founder/v1\norigin log.example/circle\nprofile ");
        calls.ProofsAt(1).ShouldHaveSingleItem().Statement.ShouldStartWith("securechat-request/v1\norigin log.example/circle\nprofile ");
    }

    [Theory]
    [MemberData(nameof(OfMembers))]
    public async Task A_good_statement_is_kept_as_it_was_signed(StatementKind kind)
    {
        string text = calls.Truth(Call(kind)).Format();
        var signed = (MemberCommand)SignedCalls.Signed(Call(kind), text);
        var outcome = await calls.Accepted(signed);
        calls.ProofsAt(outcome.Position!.Value).ShouldBe([signed.Proof!]);
        signed.Proof!.Statement.ShouldBe(text);
    }

    [Theory]
    [MemberData(nameof(OfEverybody))]
    public async Task Each_line_that_says_something_else_is_named(StatementKind kind)
    {
        await using var empty = kind == StatementKind.Founder ? SignedCalls.Empty() : null;
        var stage = empty ?? calls;
        string[] lines = Lines(stage, kind);
        for (int line = 1; line < lines.Length; line++)
        {
            string key = lines[line].Split(' ')[0];
            foreach (string wrong in Untrue(key, lines[line]))
            {
                string text = Text(lines, line, wrong);
                Statement.Parse(text).TryGet(out _, out string? reason).ShouldBeTrue(reason);
                (await stage.BadStatement(SignedCalls.Signed(Call(kind, stage), text))).ShouldContain($"\"{key}\"");
            }
        }

        await stage.Accepted(SignedCalls.Signed(Call(kind, stage), Text(lines, 0, lines[0])));
    }

    [Theory]
    [MemberData(nameof(OfEverybody))]
    public async Task Each_line_that_is_not_in_its_form_is_named(StatementKind kind)
    {
        await using var empty = kind == StatementKind.Founder ? SignedCalls.Empty() : null;
        var stage = empty ?? calls;
        string[] lines = Lines(stage, kind);
        for (int line = 1; line < lines.Length; line++)
        {
            string key = lines[line].Split(' ')[0];
            foreach (string wrong in Malformed(key, lines[line]))
            {
                string sentence = await stage.BadStatement(SignedCalls.Signed(Call(kind, stage), Text(lines, line, wrong)));
                sentence.ShouldContain($"\"{key}\"", customMessage: wrong);
            }
        }
    }

    [Theory]
    [MemberData(nameof(OfEverybody))]
    public async Task A_text_that_is_more_or_less_than_its_lines_is_refused(StatementKind kind)
    {
        await using var empty = kind == StatementKind.Founder ? SignedCalls.Empty() : null;
        var stage = empty ?? calls;
        string[] lines = Lines(stage, kind);
        string text = Text(lines, 0, lines[0]);
        (string Wrong, string Says)[] wrongs =
        [
            (text + "\n", "goes on after its last line"),
            (text + "time 1\n", "goes on after its last line"),
            (text[..^1], "\"time\""),
            (text.Replace("\n", "\r\n", StringComparison.Ordinal), "first line"),
            ("\n" + text, "first line"),
            (" " + text, "first line"),
            (text.Replace("/v1", "/v2", StringComparison.Ordinal), "first line"),
            (text + new string('x', Statement.MaximumLength), "at most"),
            ("", "first line"),
        ];
        foreach ((string wrong, string says) in wrongs)
        {
            (await stage.BadStatement(SignedCalls.Signed(Call(kind, stage), wrong))).ShouldContain(says);
        }

        (await stage.BadStatement(SignedCalls.With(Call(kind, stage), new Proof(text.Replace("origin ", "orig\u0131n ", StringComparison.Ordinal), "AAAA")))).ShouldContain("ASCII");
    }

    [Theory]
    [MemberData(nameof(OfMembers))]
    public async Task A_statement_of_another_kind_is_refused(StatementKind kind)
    {
        foreach (StatementKind other in Enum.GetValues<StatementKind>().Where(other => other != kind))
        {
            CircleCommand call = other is StatementKind.Founder or StatementKind.Request ? Call(kind) : Call(other);
            Statement said = calls.Truth(call) with { Kind = other };
            string sentence = await calls.BadStatement(SignedCalls.Signed(Call(kind), said.Format()));
            sentence.ShouldContain("-" + kind.ToString().ToUpperInvariant(), Case.Insensitive);
        }
    }

    [Theory]
    [MemberData(nameof(OfEverybody))]
    public async Task Only_the_signature_of_the_one_who_calls_counts_and_only_in_one_spelling(StatementKind kind)
    {
        await using var empty = kind == StatementKind.Founder ? SignedCalls.Empty() : null;
        var stage = empty ?? calls;
        var call = Call(kind, stage);
        string text = stage.Truth(call).Format();
        (await stage.BadStatement(SignedCalls.Signed(call, text, key: "eve"))).ShouldContain("not signed by the member's RSA key");
        string good = Signature(SignedCalls.Signed(call, text));
        string[] wrongs =
        [
            "", "AAAA", good + "=", good + "\n", good.TrimEnd('='), " " + good, "*" + good[1..], good[..^4],
            (good[0] == 'A' ? "B" : "A") + good[1..],
            good.Replace('+', '-').Replace('/', '_'),
            $"{good[..^3]}{(char)(good[^3] + 1)}==",
        ];
        foreach (string wrong in wrongs.Where(wrong => wrong != good))
        {
            (await stage.BadStatement(SignedCalls.With(call, new Proof(text, wrong)))).ShouldContain("not signed by the member's RSA key");
        }

        await stage.Accepted(SignedCalls.With(call, new Proof(text, good)));
    }

    [Fact]
    public async Task Any_head_that_the_ledger_had_may_have_been_seen()
    {
        for (long size = 0; size <= 2; size++)
        {
            Statement said = calls.Truth(Call(StatementKind.Lock)) with { Seen = new Seen(size, calls.RootAt(size)) };
            await calls.Accepted(SignedCalls.Signed(Call(StatementKind.Lock), said.Format()));
        }
    }

    [Fact]
    public async Task A_head_of_the_future_cannot_have_been_seen()
    {
        await calls.Accepted(new ChangeRequestsLock("ann", Locked: true));
        var said = calls.Truth(Call(StatementKind.Lock));
        foreach (Seen wrong in new[] { new Seen(4, said.Seen.Root), new Seen(2, said.Seen.Root), new Seen(3, calls.RootAt(2)), new Seen(long.MaxValue, said.Seen.Root) })
        {
            (await calls.BadStatement(SignedCalls.Signed(Call(StatementKind.Lock), (said with { Seen = wrong }).Format()))).ShouldContain("\"seen\"");
        }
    }

    [Fact]
    public async Task A_statement_is_good_once()
    {
        var signed = calls.Signed(Call(StatementKind.Lock));
        await calls.Accepted(signed);
        (await calls.BadStatement(signed)).ShouldContain("stands in the ledger already");
    }

    [Fact]
    public async Task A_statement_is_good_once_after_a_restart_too()
    {
        var signed = calls.Signed(Call(StatementKind.Lock));
        await calls.Accepted(signed);
        await calls.Writer.DisposeAsync();
        await using LedgerWriter again = new(calls.Folder.Check(), calls.Folder.Clock);
        (await again.SubmitAsync(signed)).Refusal!.Sentence.ShouldContain("stands in the ledger already");
    }

    [Fact]
    public async Task A_statement_is_good_once_in_one_batch_too()
    {
        var signed = calls.Signed(Call(StatementKind.Lock));
        var outcomes = await InOneBatch(signed, signed, signed);
        outcomes.Count(outcome => outcome.Refusal is null).ShouldBe(1);
        outcomes.Where(outcome => outcome.Refusal is not null).ShouldAllBe(outcome => outcome.Refusal!.Sentence.Contains("stands in the ledger already"));
    }

    [Fact]
    public async Task Addenda_that_are_kept_already_are_refused_and_nothing_stops()
    {
        Newcomer cy = calls.Newcomer("cy", StatementKind.Request);
        await calls.Accepted(new SubmitRequest("cy-1", cy));
        await calls.Accepted(calls.Signed(new CastVote("cy-1", "ann", Approve: false)));
        SubmitRequest again = new("cy-2", cy);
        CircleCommand signed = SignedCalls.Signed(again, (calls.Truth(again) with { Time = 1 }).Format());
        (await calls.BadStatement(signed)).ShouldContain("addenda stand in the ledger already");
        await calls.Accepted(calls.Signed(Call(StatementKind.Lock)));
    }

    [Fact]
    public async Task A_statement_that_was_refused_was_not_used()
    {
        var signed = calls.Signed(Call(StatementKind.Vote));
        await calls.Accepted(new ChangeRequestsLock("ann", Locked: true));
        await calls.BadStatement(SignedCalls.With(Call(StatementKind.Vote), new Proof(((MemberCommand)signed).Proof!.Statement, "AAAA")));
        await calls.Accepted(signed);
    }

    [Fact]
    public async Task Whoever_came_in_within_the_batch_has_no_leaf_to_sign_with()
    {
        // The admission will be entry 3 and 4 at the least; a statement with the leaf hash of nobody could equal one that is unknown.
        Statement said = calls.Truth(Call(StatementKind.Lock));
        var guesses = Enumerable.Range(3, 3).Select(handle => SignedCalls.Signed(
            new ChangeRequestsLock("bob", Locked: true), (said with { Member = new Handle(handle, default) }).Format()));
        var outcomes = await InOneBatch([new CastVote(SignedCalls.Request, "ann", Approve: true), .. guesses]);
        outcomes[0].Tally!.Result.ShouldBe(VoteResult.Approved);
        outcomes.Skip(1).ShouldAllBe(outcome => outcome.Refusal != null && outcome.Refusal.Code == "bad_statement");
    }

    // The first command takes the writer to a lock that is held; what follows meanwhile is one batch.
    private async Task<Outcome[]> InOneBatch(params CircleCommand[] commands)
    {
        await calls.Writer.DisposeAsync();
        NoticedClock clock = new();
        await using LedgerWriter writer = new(calls.Folder.Check(), clock);
        Task<Outcome>[] answers;
        using (var other = calls.Folder.File.Open())
        {
            LedgerFolder.Execute(other, "BEGIN IMMEDIATE");
            Task first = writer.SubmitAsync(new ChangeRequestsLock("ann", Locked: false));
            await clock.Asked.Task;
            answers = [.. commands.Select(command => writer.SubmitAsync(command))];
            LedgerFolder.Execute(other, "COMMIT");
            await first;
        }

        return await Task.WhenAll(answers);
    }

    private CircleCommand Call(StatementKind kind, SignedCalls? stage = null) => kind switch
    {
        StatementKind.Founder => new RegisterFounder(Newcomer(stage ?? calls, "ann", kind)),
        StatementKind.Request => new SubmitRequest("another", Newcomer(stage ?? calls, "cat", kind)),
        StatementKind.Vote => new CastVote(SignedCalls.Request, "ann", Approve: false),
        StatementKind.Leave => new Leave("ann"),
        StatementKind.Lock => new ChangeRequestsLock("ann", Locked: true),
        StatementKind.Ratify => new RatifyHistory("ann"),
        _ => new RequireStatements("ann", Required: true),
    };

    private Newcomer Newcomer(SignedCalls stage, string id, StatementKind kind) =>
        newcomers.TryGetValue(id, out var known) ? known : newcomers[id] = stage.Newcomer(id, kind);

    private string[] Lines(SignedCalls stage, StatementKind kind) => stage.Truth(Call(kind, stage)).Format().TrimEnd('\n').Split('\n');

    private static string Text(string[] lines, int line, string wrong) =>
        string.Concat(lines.Select((text, index) => (index == line ? wrong : text) + "\n"));

    // In the form of the line, and not what the call says. The time is the signer's own to choose.
    private static string[] Untrue(string key, string line) => key switch
    {
        "origin" => ["origin log.example/other", "origin log.example/circlf", "origin x"],
        "profile" or "keys" or "subject" => [$"{key} {Other}"],
        "request" => ["request 3f0c8a52-b7de-4c1f-9a6e-2d7b8c5f0e42", "request another", line.ToUpperInvariant().Replace("REQUEST", "request", StringComparison.Ordinal)],
        "voter" or "member" => [$"{key} 1{line[(key.Length + 2)..]}", $"{key} 0 {Other}"],
        "decision" => ["decision approve"],
        "locked" or "required" => [$"{key} false"],
        "seen" => [$"seen 1{line[6..]}", $"seen 3{line[6..]}", $"seen 2 {Other}", $"seen 0 {Other[..^2]}Q="],
        _ => [],
    };

    private static IEnumerable<string> Malformed(string key, string line)
    {
        string value = line[(key.Length + 1)..];
        yield return $"{key}";
        yield return $"{key} ";
        yield return $"{key}  {value}";
        yield return $"{key}\t{value}";
        yield return $"{key}x {value}";
        yield return $"{key.ToUpperInvariant()} {value}";
        yield return $"{line} ";
        yield return $"{line}\r";
        if (key is "time" or "seen" or "voter" or "member")
        {
            yield return $"{key} 0{value}";
            yield return $"{key} -{value}";
            yield return $"{key} +{value}";
            yield return $"{key} 99999999999999999999{value}";
        }

        if (key is "seen" or "voter" or "member")
        {
            yield return $"{key} {value.Replace(" ", "", StringComparison.Ordinal)}";
        }

        if (key is "seen" or "voter" or "member" or "profile" or "keys" or "subject")
        {
            yield return line[..^1];
            yield return line + "=";
            yield return $"{line[..^2]}{(char)(line[^2] + 1)}=";
            yield return line[..^4];
        }
    }

    private static string Signature(CircleCommand command) => command switch
    {
        RegisterFounder founding => founding.Founder.Proof!.Signature,
        SubmitRequest submission => submission.Newcomer.Proof!.Signature,
        _ => ((MemberCommand)command).Proof!.Signature,
    };

    public async Task DisposeAsync() => await calls.DisposeAsync();

    /// <summary>Tells when it is asked for the time first: that is when a batch is decided.</summary>
    private sealed class NoticedClock : TimeProvider
    {
        internal TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override DateTimeOffset GetUtcNow()
        {
            Asked.TrySetResult();
            return DateTimeOffset.FromUnixTimeMilliseconds(SomeEntry.Time);
        }
    }
}
