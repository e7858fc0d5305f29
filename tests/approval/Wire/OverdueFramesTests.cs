using SecureChat.ApprovalTests.Storage;
using SecureChat.Web.Relay;
using static SecureChat.ApprovalTests.Wire.SettledCircle;

namespace SecureChat.ApprovalTests.Wire;

/// <summary>Frames that the relay sends because a time is over: it takes about fifteen seconds to see them all.</summary>
public sealed class OverdueFramesTests
{
    private const string OverdueSoon = "00000000-0000-4000-8000-000000000003";
    private static readonly TimeSpan Left = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task What_comes_when_a_time_is_over()
    {
        // Making their keys takes a while, and the clock below is running.
        _ = Person.AllNamed("Alice", "Ben", "Cleo", "Hana");
        await using EventfulCircle past = new(TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(48) + Left);
        await past.Found(Alice);
        await past.Admit(Ben, ApprovedRequest, Alice);
        await past.Ask(Hana, OverdueSoon);
        await past.Close();
        await using RelayProcess relay = await RelayProcess.Start(past.Folder);
        await using Talk talk = new(relay, Alice, Ben, Hana);

        talk.Title("Cleo connects and says nothing; Alice and Ben connect; Ben never ACKs");
        await talk.Open(Cleo);
        await talk.Connect(Alice, Ben);
        await talk.Hear(Alice, Ben);
        await talk.Say(Alice, Frames.Of("MESSAGE", "'channel_id':'general','message_id':'m-1','sender_id':'alice','encrypted_blob':'for Ben'"));
        await talk.Hear(Ben);

        talk.Title("Five seconds later: a vote that the ledger cannot take, because its file is locked");
        using (new LockedLedger(past.Folder))
        {
            await talk.Say(Alice, Frames.Vote(OverdueSoon, approved: "true", "alice"));
            await talk.Hear(Alice);
        }

        talk.Title("Ten seconds later");
        await talk.HearOf(Alice, "UNDELIVERED");
        await talk.Hear(Cleo, Cleo);

        talk.Title("48 hours after it was submitted");
        await talk.HearOf(Ben, "JOIN_REQUEST_RESOLVED");

        Approve.Text(talk.ToString());
    }

    [Fact]
    public async Task Votes_that_come_faster_than_the_ledger_takes_them()
    {
        await using SettledCircle circle = await Start();
        using Conversation calls = new(circle.Relay);
        string request = await calls.Ask(Person.Named("Dora"));
        using LockedLedger ledger = new(circle.Folder);
        await using Socket socket = await Socket.Open(circle.Relay, Alice);
        await socket.Send(Frames.Auth(Alice.Sign()));
        (await socket.Receive()).ShouldContain("JOIN_REQUEST");

        // The first one has to be written down and holds up the others; one may be on its way to the ledger, and one is too many.
        await socket.Send(Frames.Vote(request, approved: "true", "alice"));
        for (int vote = 0; vote < new RelayLimits().MaxWaitingVotes + 1; vote++)
        {
            await socket.Send(Frames.Vote("some-request", approved: "true", "alice"));
        }

        Approve.Text(await socket.Receive() + "\n");
    }
}
