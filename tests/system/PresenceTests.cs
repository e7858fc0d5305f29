namespace SecureChat.SystemTests;

/// <summary>MEMBER_LEFT when the last connection of a member closes.</summary>
public class PresenceTests(ConnectedCircle connected) : ThreeWhoTalk(connected)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_others_are_told_once_when_the_last_connection_closes(bool abruptly)
    {
        if (abruptly)
        {
            Sockets[2].Abort();
        }
        else
        {
            await Sockets[2].Close();
        }

        foreach (var socket in Sockets[..2])
        {
            (await socket.Expect("MEMBER_LEFT", "member_id")).Text("member_id").ShouldBe(Circle[2].Id);
            await socket.ExpectSilence();
        }
    }

    [Fact]
    public async Task Nobody_is_told_while_another_connection_lives()
    {
        await using (var second = await Circle[2].Connects())
        {
            await second.Close();
        }
        // The old connection dies after the new one has come: the usual way of a reconnect.
        var replacement = await Circle[2].Connects();
        await Sockets[2].Close();
        await replacement.Settle();
        (await Circle[0].Locks(false)).Status.ShouldBe(200);
        foreach (var socket in Sockets[..2])
        {
            await socket.Expect("REQUESTS_LOCK_CHANGED");
            await socket.ExpectSilence();
        }

        (await Circle[0].Get("/api/members")).Json.GetProperty("members").One("id", Circle[2].Id).Flag("online").ShouldBeTrue();
        await replacement.DisposeAsync();
        await Sockets[0].Expect("MEMBER_LEFT");
        await Sockets[1].Expect("MEMBER_LEFT");
    }

    [Fact]
    public async Task Connecting_is_told_to_nobody()
    {
        await using var second = await Circle[1].Connects();
        await Sockets[0].ExpectSilence();
        await Sockets[2].ExpectSilence();
    }
}
