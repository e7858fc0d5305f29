using System.Security.Cryptography;
using Microsoft.AspNetCore.Connections;
using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Circle.Names;
using SecureChat.Ledger.Storage;
using SecureChat.Projections;
using SecureChat.Web.Api;
using SecureChat.Web.Relay;
using SecureChat.Web.Security;
using SecureChat.Web.Start;
using SecureChat.Web.Witnesses;

namespace SecureChat.Web;

/// <summary>The composition root: what the process is made of, and in which order it starts and stops.</summary>
internal sealed class RelayHost : IAsyncDisposable
{
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(4);

    private readonly LiveCircle circle;
    private readonly Hub hub;
    private readonly WitnessedLedger? witnesses;
    private readonly Settings settings;
    private readonly FounderKey? founderKey;
    private readonly WebApplication app;
    private readonly IdleMemory memory;
    private readonly ILogger log;
    private readonly LedgerTrouble trouble;

    private RelayHost(Settings settings, LiveCircle circle, FounderKey? founderKey, TimeProvider clock)
    {
        this.settings = settings;
        this.circle = circle;
        this.founderKey = founderKey;

        RateLimits limits = new(settings.RateLimitPerMinute, clock, RandomNumberGenerator.GetBytes(32));
        SeenSignatures seen = new(clock);
        foreach (UsedSignature used in circle.UsedSignatures)
        {
            seen.TryUse(used);
        }

        Logins logins = new(() => circle.Roster, seen, clock, started: clock.GetUtcNow(), settings.PublicUrl);
        hub = new Hub(() => circle.Roster, new SocketLogins(Authenticate, Challenge, AuthenticateChallenged), CastVoteAsync, Limits(settings), clock)
        {
            Failed = failed => trouble!.Report(failed),
        };
        circle.Applied += applied => hub.Announce(applied.Events, applied.Before);

        memory = new IdleMemory(clock);
        app = WebServer.Build(settings, circle, memory, StopWithin, clock);
        log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(LogLines.Category);
        trouble = app.Services.GetRequiredService<LedgerTrouble>();
        circle.Applied += _ => trouble.Over();
        witnesses = settings.WitnessPolicy is { } policy ? new WitnessedLedger(circle, policy, clock, log) : null;
        Pipeline.Use(app, settings, hub, trouble);
        Pipeline.MapEndpoints(
            app,
            limits,
            new StatusApi(circle, settings),
            new FoundingApi(circle, settings, founderKey, limits),
            new JoinRequestsApi(circle, clock, NewUuid),
            new VotingApi(circle, logins),
            new MembersApi(circle, logins, hub),
            new LedgerApi(circle, logins, settings.AuditToken));

        SocketChallenge Challenge(HttpContext context) => new(
            Convert.ToBase64String(RandomNumberGenerator.GetBytes(SocketChallenge.Length)), circle.VerifierKey.Name, Authority.Of(context.Request, settings.PublicUrl));

        SocketLogin AuthenticateChallenged(SocketChallenge challenge, string memberId, string statement, string signature) =>
            logins.Challenged(challenge, memberId, statement, signature, out string? reason) is { } login
                ? SocketLogin.Of(login.Member)
                : SocketLogin.Failed(reason!);

        SocketLogin Authenticate(string memberId, string signature, string timestamp) =>
            logins.Socket(memberId, signature, timestamp, out ApiError? error) is { } login
                ? SocketLogin.Of(login.Member)
                : SocketLogin.Failed(error!.Text);
    }

    /// <summary>Opens the data folder and builds the process around it; nothing listens yet.</summary>
    /// <exception cref="SettingException">A setting makes no sense.</exception>
    /// <exception cref="DataFolderException">The data folder cannot be used.</exception>
    /// <exception cref="LedgerDamagedException">The ledger does not verify.</exception>
    public static async Task<RelayHost> OpenAsync(Settings settings, TimeProvider clock)
    {
        if (UnicodeSelfCheck.Problem() is { } problem)
        {
            throw new SettingException(problem);
        }

        using ILoggerFactory early = LoggerFactory.Create(PlainConsole.Only);
        ILogger lines = early.CreateLogger(LogLines.Category);
        LiveCircle opened = LiveCircle.Open(settings.DataDir, clock, settings.LedgerOrigin, new OpeningProgress(lines, clock).Report);
        if (opened.Warnings.Count > 0)
        {
            LogLines.Oddities(lines, opened.Warnings.Count, settings.DataDir);
        }

        if (opened.IsAlone)
        {
            LogLines.StartedAlone(lines, settings.DataDir);
        }

        try
        {
            FounderKey? key = opened.Roster.HasFounder ? null : FounderKey.Establish(settings.FounderKey, settings.DataDir);
            if (key is null)
            {
                // A crash between the registration and this.
                FounderKey.Forget(settings.DataDir);
            }

            return new RelayHost(settings, opened, key, clock);
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }
    }

    /// <summary>Listens until the process is told to stop, and stops in order: sockets, web server, writer.</summary>
    /// <returns>Whether it was told to; false when it could not go on, which the log says.</returns>
    public async Task<bool> RunAsync()
    {
        if (witnesses is not null)
        {
            await witnesses.AskAsync(app.Lifetime.ApplicationStopping);
            witnesses.Start();
        }

        await ExpireOverdueAsync();
        app.Lifetime.ApplicationStopping.Register(() => hub.StopAsync().GetAwaiter().GetResult());
        try
        {
            await app.StartAsync();
        }
        catch (IOException taken) when (taken.InnerException is AddressInUseException)
        {
            throw new SettingException($"PORT {settings.Port} is taken by another program. Stop it, or choose another PORT.");
        }

        // Only now: a start that fails is no stop.
        app.Lifetime.ApplicationStopping.Register(() => LogLines.Stopping(log));
        SayWhereAndWhatNext();
        memory.Return();
        Task told = app.WaitForShutdownAsync();
        if (await Task.WhenAny(told, circle.Broken) == told)
        {
            return true;
        }

        SayWhatBroke(await circle.Broken);
        await app.StopAsync();
        return false;
    }

    // What a damaged ledger says is written for operators, and what SQLite says about a file has nothing of a client in it.
    private void SayWhatBroke(Exception cause)
    {
        if (cause is not (LedgerDamagedException or SqliteException))
        {
            LogLines.Unexpected(log, cause);
        }

        LogLines.Broken(log, cause is LedgerDamagedException or SqliteException ? cause.Message : "");
    }

    // Before anybody can connect and be shown a request whose time passed while nothing ran. Without a disk that can be written,
    // the timer goes on trying.
    private async Task ExpireOverdueAsync()
    {
        try
        {
            await circle.ExecuteAsync(new ExpireRequests());
        }
        catch (LedgerUnavailableException unavailable)
        {
            trouble.Report(unavailable);
        }
    }

    private void SayWhereAndWhatNext()
    {
        string scheme = settings.TlsCertificate is null ? "http" : "https";
        string url = settings.PublicUrl ?? $"{scheme}://localhost:{settings.Port}";
        LogLines.Running(log, url, circle.Roster.Members.Count, circle.Roster.Size);
        if (founderKey is null)
        {
            return;
        }

        if (founderKey.File is { } file)
        {
            LogLines.FounderKeyMade(log, Path.GetFullPath(file));
        }
        else
        {
            LogLines.FounderKeySet(log);
        }

        LogLines.RegisterNext(log, url);
    }

    private static RelayLimits Limits(Settings settings) => new()
    {
        MaxMessageBytes = settings.MaxMessageBytes,
        MaxOutboxBytes = settings.MaxOutboxBytes,
        MaxConnections = settings.MaxConnections,
        MaxConnectionsPerAddress = settings.MaxConnectionsPerAddress,
        PingAfter = settings.PingAfter,
    };

    private async Task<Refusal?> CastVoteAsync(string memberId, string request, bool approve, Proof? proof)
    {
        try
        {
            return (await circle.ExecuteAsync(new Ledger.Circle.CastVote(request, memberId, approve) { Proof = proof })).Refusal;
        }
        catch (Exception failed)
        {
            // The socket that voted is answered; the hub itself logs nothing.
            trouble.Report(failed);
            throw;
        }
    }

    // A random UUID (version 4), from the operating system's generator.
#pragma warning disable RS0030
    private static string NewUuid() => Guid.NewGuid().ToString();
#pragma warning restore RS0030

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        await hub.DisposeAsync();
        if (witnesses is not null)
        {
            await witnesses.DisposeAsync();
        }

        await circle.DisposeAsync();
        memory.Dispose();
    }
}
