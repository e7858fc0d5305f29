using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Net.Http.Headers;
using SecureChat.Projections;
using SecureChat.Web.Api;
using SecureChat.Web.Relay;
using SecureChat.Web.Security;
using SecureChat.Web.Start;
using SecureChat.Web.Transport;

namespace SecureChat.Web;

/// <summary>The web server as the relay needs it: how it listens, what it refuses by itself, and the timers that run beside it.</summary>
internal static class WebServer
{
    /// <summary>Builds it; nothing listens yet, and there are no endpoints.</summary>
    /// <param name="settings">Where it listens, and with which certificate.</param>
    /// <param name="circle">What the timers work on.</param>
    /// <param name="memory">Is told of each connection.</param>
    /// <param name="stopWithin">How long stopping may take.</param>
    /// <param name="clock">For the timers.</param>
    public static WebApplication Build(Settings settings, LiveCircle circle, IdleMemory memory, TimeSpan stopWithin, TimeProvider clock)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IConnectionListenerFactory>(new SocketListenerFactory(memory.Touched));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => Listen(options, settings, clock));
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>, ClearingMemoryPoolFactory>();
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(services => new LedgerTrouble(services.GetRequiredService<ILoggerFactory>().CreateLogger(LogLines.Category)));
        builder.Services.AddSingleton<IHostedService>(services => new ExpiryTimer(circle, clock, services.GetRequiredService<LedgerTrouble>()));
        if (settings.EraseRejectedAfter is { } keepFor)
        {
            builder.Services.AddSingleton<IHostedService>(services => new ErasureTimer(circle, clock, keepFor, services.GetRequiredService<LedgerTrouble>()));
        }

        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = stopWithin);
        builder.Services.Configure<ConsoleLifetimeOptions>(options => options.SuppressStatusMessages = true);

        PlainConsole.Only(builder.Logging);
        return builder.Build();
    }

    private static void Listen(KestrelServerOptions options, Settings settings, TimeProvider clock)
    {
        options.AddServerHeader = false;

        DigitsOnly digits = new();
        options.RequestHeaderEncodingSelector = name => name == HeaderNames.ContentLength ? digits : null;
        options.Limits.MaxRequestBodySize = RequestBody.MaxBytes;
        options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        options.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(30);
        if (settings.Host is null)
        {
            options.ListenAnyIP(settings.Port, Configure);
        }
        else
        {
            options.Listen(settings.Host, settings.Port, Configure);
        }

        void Configure(ListenOptions listen)
        {
            listen.Protocols = HttpProtocols.Http1;
            if (settings.TlsCertificate is not null)
            {
                // The handshake has a limit of its own, of 10 s.
                listen.UseHttps(Tls.Options(settings.TlsCertificate, settings.TlsKey!));
            }

            listen.Use(next => FirstByte.Before(next, clock));
        }
    }
}
