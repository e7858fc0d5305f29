using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SecureChat.Web.Relay;
using SecureChat.Web.Transport;

namespace SecureChat.UnitTests.Relay;

/// <summary>A relay behind a real web server on a loopback port.</summary>
internal sealed class RelayHost : IAsyncDisposable
{
    private readonly WebApplication application;

    private RelayHost(WebApplication application, SomeCircle circle, Hub hub)
    {
        this.application = application;
        Circle = circle;
        Hub = hub;
        string address = application.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single();
        Port = new Uri(address).Port;
    }

    public SomeCircle Circle { get; }

    public Hub Hub { get; }

    public int Port { get; }

    public static Task<RelayHost> StartAsync(params string[] ids) => StartAsync(new RelayLimits(), TimeProvider.System, ids);

    public static async Task<RelayHost> StartAsync(RelayLimits limits, TimeProvider clock, params string[] ids)
    {
        SomeCircle circle = new(ids);
        Hub hub = new(() => circle.Roster, circle.Logins, (member, request, approve, proof) => circle.Vote(member, request, approve, proof), limits, clock);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>, ClearingMemoryPoolFactory>();
        builder.Services.AddSingleton<IConnectionListenerFactory>(new SocketListenerFactory(() => { }));
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        WebApplication server = builder.Build();
        server.Run(context => hub.ServeAsync(context, context.Connection.RemoteIpAddress!.ToString()));
        await server.StartAsync();
        return new RelayHost(server, circle, hub);
    }

    public Task<RawSocket> ConnectAsync() => RawSocket.ConnectAsync(Port);

    /// <summary>A connection on which somebody has logged in.</summary>
    public async Task<RawSocket> LogInAsync(string id)
    {
        RawSocket socket = await ConnectAsync();
        await socket.SendAsync(Circle[id].Auth());
        await socket.PingPongAsync();
        return socket;
    }

    public async ValueTask DisposeAsync()
    {
        await Hub.StopAsync();
        await application.StopAsync();
        await application.DisposeAsync();
        await Hub.DisposeAsync();
    }
}
