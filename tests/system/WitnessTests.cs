using System.Text;
using SecureChat.Ledger.Transparency;
using SecureChat.Tests.Shared;

namespace SecureChat.SystemTests;

/// <summary>A relay in front of a witness that takes the protocol at its word.</summary>
public sealed class WitnessTests : IAsyncLifetime
{
    private Circle circle = null!;
    private StrictWitness witness = null!;
    private WitnessPolicy policy = null!;

    private RelayProcess Relay => circle.Relay;

    public async Task InitializeAsync()
    {
        circle = await Circle.Found(1, ("AUDIT_TOKEN", LedgerOverHttp.AuditToken));
        var log = await Relay.LogKey();
        witness = await StrictWitness.StartAsync("witness.example/one", log);
        string text = $"log {log.Format()}\nwitness one {witness.Key.Format()} {witness.Url}\nquorum one\n";
        policy = WitnessPolicy.Parse(Encoding.UTF8.GetBytes(text)).Value;
        await Relay.Stop();
        Relay.Settings["WITNESS_POLICY"] = Path.Combine(Relay.Folder, "policy");
        await File.WriteAllTextAsync(Relay.Settings["WITNESS_POLICY"]!, text);
        await Relay.Start();
    }

    [Fact]
    public async Task Heads_are_served_with_what_the_witness_cosigned()
    {
        await ShouldBeCosigned(1);
        await circle.Admit(circle.Stranger());
        await ShouldBeCosigned(4);
        var verdict = await Relay.Verify(policy);
        verdict.Refusal.ShouldBeNull();
        verdict.Checkpoint!.Size.ShouldBe(4);
    }

    [Fact]
    public async Task Nobody_waits_for_a_witness_that_is_silent_or_fails_and_it_catches_up_later()
    {
        await ShouldBeCosigned(1);
        int before = witness.Count;
        witness.Interfere = StrictWitness.Silence;
        (await circle.Founder.Locks(true)).Status.ShouldBe(200);
        await Waiting.Until(() => witness.Count > before, "the witness was shown the head");
        (await circle.Founder.Locks(false)).Status.ShouldBe(200);
        policy.Open(await Relay.Bytes("/ledger/checkpoint")).TryGet(out _, out _).ShouldBeFalse("nobody has cosigned it");
        (await Relay.Head()).Size.ShouldBe(3);

        witness.Interfere = (_, _) => Task.FromResult(WitnessReply.Text(503, "away"));
        (await circle.Founder.Locks(true)).Status.ShouldBe(200);
        witness.Interfere = null;
        await ShouldBeCosigned(4);
    }

    [Fact]
    public async Task An_old_copy_that_only_the_witness_can_tell_does_not_start_until_the_loss_is_accepted()
    {
        byte[] old = await Copied();
        await circle.Admit(circle.Stranger());
        await ShouldBeCosigned(4);
        byte[] newest = await Relay.Bytes("/ledger/checkpoint");
        await Relay.Stop();
        await PutBack(old);
        File.Delete(Path.Combine(Relay.DataFolder, "seen-checkpoint"));

        var (exitCode, lines) = await Relay.StartInVain();

        exitCode.ShouldBe(1);
        lines[^1].ShouldStartWith(
            "The relay did not start: Witness one knows a ledger of 4 entries that this one, with 1, does not contain: an old copy was put back, or another one. "
            + "Restore the newest copy. If it is lost, see securechat-admin accept-rollback");

        string lost = Path.Combine(Relay.Folder, "lost");
        await File.WriteAllBytesAsync(lost, newest);
        await ShouldGoOnAfterAccepting("4", "--checkpoint", lost);
    }

    [Fact]
    public async Task An_old_copy_behind_the_head_that_was_seen_does_not_start_until_the_loss_is_accepted()
    {
        Relay.Settings["WITNESS_POLICY"] = null;
        byte[] old = await Copied();
        await circle.Admit(circle.Stranger());
        await Relay.Stop();
        await PutBack(old);

        var (exitCode, lines) = await Relay.StartInVain();

        exitCode.ShouldBe(1);
        lines.ShouldHaveSingleItem().ShouldStartWith(
            "The relay did not start: The ledger has 1 entries, but seen-checkpoint knows of 4: an old copy was put back. Restore the newest copy. "
            + $"If it is lost, securechat-admin accept-rollback {Relay.DataFolder} explains what going on from here means.");
        await ShouldGoOnAfterAccepting("4");
    }

    /// <summary>The preview alone changes nothing; what is confirmed by its size is written down, and the relay goes on.</summary>
    private async Task ShouldGoOnAfterAccepting(string lost, params string[] options)
    {
        var (refused, preview, _) = await AdminTool.Admin("no", ["accept-rollback", Relay.DataFolder, .. options]);
        refused.ShouldBe(2);
        preview.ShouldContain("whoever was admitted there is no member");
        (await Relay.StartInVain()).ExitCode.ShouldBe(1);

        var (exitCode, output, error) = await AdminTool.Admin(lost, ["accept-rollback", Relay.DataFolder, .. options]);
        exitCode.ShouldBe(0, output + error);
        await Relay.Start();
        Relay.Output.ShouldContain("Warning: The ledger holds, with 1 oddities that are allowed.");
        (await circle.Founder.Locks(true)).Status.ShouldBe(200);
        var verdict = await Relay.Verify();
        verdict.Refusal.ShouldBeNull();
        verdict.Warnings.ShouldHaveSingleItem().ShouldContain($"a log of {lost} entries is lost");
        LedgerOverHttp.Json((await Relay.Entries(2))[1]).Text("event").ShouldBe("RollbackAccepted");
    }

    private async Task ShouldBeCosigned(long size) => await Waiting.Until(
        async () => policy.Open(await Relay.Bytes("/ledger/checkpoint")).TryGet(out var head, out _) && head.Checkpoint.Size == size,
        $"the head of {size} entries is cosigned");

    /// <summary>The ledger of the moment, as a backup would hold it.</summary>
    private async Task<byte[]> Copied()
    {
        await Relay.Stop();
        byte[] copy = await File.ReadAllBytesAsync(Path.Combine(Relay.DataFolder, "ledger.db"));
        await Relay.Start();
        return copy;
    }

    private async Task PutBack(byte[] copy)
    {
        Directory.GetFiles(Relay.DataFolder, "ledger.db-*").ShouldBeEmpty();
        await File.WriteAllBytesAsync(Path.Combine(Relay.DataFolder, "ledger.db"), copy);
    }

    public async Task DisposeAsync()
    {
        await circle.DisposeAsync();
        await witness.DisposeAsync();
    }
}
