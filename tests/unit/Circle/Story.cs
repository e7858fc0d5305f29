using SecureChat.Ledger.Circle;

namespace SecureChat.UnitTests.Circle;

/// <summary>
/// A circle that lives from one command to the next, with a clock that the test sets. After every command it is checked that
/// deciding changed nothing and that the events alone lead to the state that was decided.
/// </summary>
internal sealed class Story
{
    internal const string Founder = "founder";

    private int asked;

    internal CircleState State { get; private set; } = new();

    internal long Now { get; set; } = 1_790_000_000_000;

    internal IEnumerable<string> Members => State.Members.Select(member => member.Id);

    internal IEnumerable<string> Pending => State.Pending.Select(request => request.Id);

    /// <summary>A circle of its founder and these members, who came in this order.</summary>
    internal static Story Of(params string[] members)
    {
        Story story = new();
        story.Do(new RegisterFounder(SomeNewcomer.Called(Founder))).Refusal.ShouldBeNull();
        foreach (string member in members)
        {
            story.Admit(story.Ask(member));
        }

        story.Members.ShouldBe([Founder, .. members]);
        return story;
    }

    internal Decision Do(CircleCommand command)
    {
        string before = Show(State);
        var decision = Decisions.Decide(State, command, Now);
        Show(State).ShouldBe(before, "deciding changed the state that it was given");

        var folded = State.Copy();
        foreach (var happened in decision.Events)
        {
            folded.Apply(happened, Now);
        }

        Show(folded).ShouldBe(Show(decision.After), "the events do not lead to the state after them");
        State = decision.After;
        return decision;
    }

    /// <summary>Somebody asks and is not refused; the request's id comes back.</summary>
    internal string Ask(string id, string? name = null, string? key = null)
    {
        string request = $"request {++asked} by {id}";
        Do(new SubmitRequest(request, SomeNewcomer.Called(id, name, key))).Refusal.ShouldBeNull();
        return request;
    }

    /// <summary>Somebody asks and is refused; the code comes back.</summary>
    internal string? AskInVain(string id, string? name = null, string? key = null) =>
        Do(new SubmitRequest($"request {++asked} by {id}", SomeNewcomer.Called(id, name, key))).Refusal?.Code;

    internal Decision Approve(string request, string member) => Do(new CastVote(request, member, Approve: true));

    internal Decision Reject(string request, string member) => Do(new CastVote(request, member, Approve: false));

    internal Decision Leave(string member) => Do(new Leave(member));

    /// <summary>Everybody approves.</summary>
    internal void Admit(string request)
    {
        foreach (string member in Members.ToList())
        {
            Approve(request, member).Refusal.ShouldBeNull();
        }

        Pending.ShouldNotContain(request);
    }

    /// <summary>Everything that can be seen of a state, as text.</summary>
    internal static string Show(CircleState state) => string.Join('\n',
    [
        $"{state.Size} locked {state.RequestsLocked}",
        .. state.Members.Select(member => $"member {member.Handle} {member.Id} {member.Newcomer.Keys!.RsaSpki} {member.Name.Folded}"),
        .. state.Pending.Select(request => $"pending {request.Id} at {request.Position} until {request.Expires} "
            + $"for {request.Newcomer.Profile!.MemberId} {request.Name.Folded} approved by {string.Join(' ', request.Approvals)}"),
    ]);
}
