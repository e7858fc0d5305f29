namespace SecureChat.SystemTests;

/// <summary>MEMBER_LEFT when the last connection of a member closes.</summary>
public class PresenceTests(ConnectedCircle connected) : IClassFixture<ConnectedCircle>, IAsyncLifetime
{
    private readonly Circle circle = connected.Circle;
    private ClientSocket[] sockets = [];

    public async Task InitializeAsync() => sockets = await connected.Sockets();

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_others_are_told_once_when_the_last_connection_closes(bool abruptly)
    {
        if (abruptly)
            sockets[2].Abort();
        else
            await sockets[2].Close();
        foreach (var socket in sockets[..2])
        {
            (await socket.Expect("MEMBER_LEFT", "member_id")).Text("member_id").ShouldBe(circle[2].Id);
            await socket.ExpectSilence();
        }
    }

    [Fact]
    public async Task Nobody_is_told_while_another_connection_lives()
    {
        await using (var second = await circle[2].Connects())
        {
            await second.Close();
        }
        // The old connection dies after the new one has come: the usual way of a reconnect.
        var replacement = await circle[2].Connects();
        await sockets[2].Close();
        await replacement.Settle();
        (await circle[0].Locks(false)).Status.ShouldBe(200);
        foreach (var socket in sockets[..2])
        {
            await socket.Expect("REQUESTS_LOCK_CHANGED");
            await socket.ExpectSilence();
        }
        (await circle[0].Get("/api/members")).Json.GetProperty("members").One("id", circle[2].Id).Flag("online").ShouldBeTrue();
        await replacement.DisposeAsync();
        await sockets[0].Expect("MEMBER_LEFT");
        await sockets[1].Expect("MEMBER_LEFT");
    }

    [Fact]
    public async Task Connecting_is_told_to_nobody()
    {
        await using var second = await circle[1].Connects();
        await sockets[0].ExpectSilence();
        await sockets[2].ExpectSilence();
    }
}
