using System.Buffers;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SecureChat.Web.Relay;

namespace SecureChat.UnitTests.Relay;

public sealed class ClearingMemoryPoolTests
{
    [Fact]
    public void A_block_is_cleared_before_anybody_else_gets_it()
    {
        using ClearingMemoryPool pool = new(ClearingMemoryPool.UsualBlock);
        IMemoryOwner<byte> block = pool.Rent(4096);
        Memory<byte> memory = block.Memory;
        memory.Span.Fill(1);

        block.Dispose();
        block.Dispose();

        memory.Span.ContainsAnyExcept((byte)0).ShouldBeFalse();
        using IMemoryOwner<byte> again = pool.Rent();
        again.ShouldBeSameAs(block);
        using IMemoryOwner<byte> another = pool.Rent();
        another.ShouldNotBeSameAs(block);
    }

    [Fact]
    public async Task The_web_server_takes_its_buffers_from_it()
    {
        CountingFactory factory = new();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>>(factory);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        await using WebApplication server = builder.Build();
        server.MapGet("/", () => "");
        await server.StartAsync();

        using HttpClient client = new();
        (await client.GetAsync(server.Urls.Single())).EnsureSuccessStatusCode();

        factory.Pools.ShouldBeGreaterThan(0);
    }

    private sealed class CountingFactory : IMemoryPoolFactory<byte>
    {
        private readonly ClearingMemoryPoolFactory inner = new();

        public int Pools { get; private set; }

        public MemoryPool<byte> Create(MemoryPoolOptions? options = null)
        {
            Pools++;
            return inner.Create(options);
        }
    }
}
