using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using SecureChat.Web.Start;

namespace SecureChat.ApprovalTests.Wire;

/// <summary>The built relay as a process of its own, on a free loopback port and a given data folder.</summary>
internal sealed class RelayProcess : IAsyncDisposable
{
    public const string FounderKey = "approved-founder-key";

    private static readonly TimeSpan StartWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(20);
    private static readonly HttpClient Health = new();

    private readonly Process process;
    private readonly StringBuilder output = new();

    private RelayProcess(Process process, int port)
    {
        this.process = process;
        Port = port;
        process.OutputDataReceived += (_, line) => Collect(line.Data);
        process.ErrorDataReceived += (_, line) => Collect(line.Data);
    }

    public int Port { get; }

    public Uri Url => new($"http://127.0.0.1:{Port}/");

    /// <summary>Starts on a folder and waits until the health check answers.</summary>
    public static async Task<RelayProcess> Start(string folder, params (string Name, string Value)[] settings)
    {
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            RelayProcess relay = Launch(folder, FreePort(), settings);
            while (!relay.process.HasExited)
            {
                if (await relay.Answers())
                {
                    return relay;
                }

                Stopwatch.GetElapsedTime(started).ShouldBeLessThan(StartWithin, relay.Output);
                await Task.Delay(BetweenAttempts);
            }

            // Between choosing a free port and taking it, somebody else may have been faster.
            relay.Output.ShouldContain($"PORT {relay.Port} is taken");
            await relay.DisposeAsync();
        }
    }

    private string Output
    {
        get
        {
            lock (output)
            {
                return output.ToString();
            }
        }
    }

    private static RelayProcess Launch(string folder, int port, (string Name, string Value)[] settings)
    {
        ProcessStartInfo start = new(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "SecureChat.Web.dll")])
        {
            UseShellExecute = false,
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (Setting setting in SettingCatalogue.All)
        {
            start.Environment.Remove(setting.Name);
        }

        (string Name, string Value)[] always =
            [("PORT", port.ToString()), ("HOST", "127.0.0.1"), ("DATA_DIR", folder), ("FOUNDER_KEY", FounderKey)];
        foreach ((string name, string value) in always.Concat(settings))
        {
            start.Environment[name] = value;
        }

        RelayProcess relay = new(new Process { StartInfo = start }, port);
        relay.process.Start();
        relay.process.BeginOutputReadLine();
        relay.process.BeginErrorReadLine();
        return relay;
    }

    private async Task<bool> Answers()
    {
        try
        {
            using HttpResponseMessage answer = await Health.GetAsync(Url);
            return answer.IsSuccessStatusCode && !process.HasExited;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private void Collect(string? line)
    {
        lock (output)
        {
            output.Append(line).Append('\n');
        }
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        await process.WaitForExitAsync();
        process.Dispose();
    }
}
