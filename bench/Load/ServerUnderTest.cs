using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace SecureChat.Bench.Load;

/// <summary>How a server is named and started, or where it already runs.</summary>
/// <param name="Name">What the figures call it.</param>
/// <param name="Command">A command line, or the URL of a server that runs on this machine with an empty circle.</param>
/// <param name="NodeFolder">The folder of the Node.js server, when it is that one: it keeps its data beside its source, and so gets a copy of it.</param>
internal sealed record ServerToCompare(string Name, string Command, string? NodeFolder = null)
{
    public bool IsUrl => Command.StartsWith("http://", StringComparison.Ordinal);
}

/// <summary>A server that runs, with an empty folder of its own, and what the operating system says of it.</summary>
internal sealed class ServerUnderTest : IDisposable
{
    public const string FounderKey = "the-founder-key-of-a-benchmark";

    private readonly ServerToCompare server;
    private readonly string folder;
    private readonly ConcurrentQueue<string> said = new();
    private Process? process;

    public ServerUnderTest(ServerToCompare server, TemporaryFolder temporary, string round)
    {
        this.server = server;
        folder = temporary.Make($"{server.Name}-{round}");
        Directory.CreateDirectory(DataFolder);
        if (server.NodeFolder is { } source)
        {
            Copy(Path.Combine(source, "src"), Path.Combine(folder, "src"));
            Directory.CreateSymbolicLink(Path.Combine(folder, "node_modules"), Path.Combine(source, "node_modules"));
        }

        if (server.IsUrl)
        {
            Uri url = new(server.Command);
            Address = new IPEndPoint(IPAddress.Parse(url.Host == "localhost" ? "127.0.0.1" : url.Host), url.Port);
            ProcessId = ListeningProcess.On(url.Port);
        }
    }

    public string Name => server.Name;

    public string DataFolder => Path.Combine(folder, "data");

    public IPEndPoint Address { get; private set; } = new(IPAddress.Loopback, 0);

    public int ProcessId { get; private set; }


    /// <summary>Whether it is started here, and not only spoken to.</summary>
    public bool Starts => !server.IsUrl;

    /// <summary>Processor time so far, in microseconds.</summary>
    public double ProcessorMicroseconds => Libc.ProcessorTime(ProcessId) / 1000.0;

    /// <summary>Memory that is resident, in KiB.</summary>
    public double ResidentKibibytes => MemoryLine("Rss:");

    /// <summary>Starts it, and says how many milliseconds it took until it answered.</summary>
    public double Start()
    {
        if (server.IsUrl)
        {
            return double.NaN;
        }

        Address = new IPEndPoint(IPAddress.Loopback, FreePort());
        // The shell gives its process to the command, so that the number is the server's.
        ProcessStartInfo start = new("/bin/sh", ["-c", $"exec {server.Command}"])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string inherited in start.Environment.Keys.Where(Inherited).ToList())
        {
            start.Environment.Remove(inherited);
        }

        foreach ((string name, string value) in Settings())
        {
            start.Environment[name] = value;
        }

        long started = Stopwatch.GetTimestamp();
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Heard(line.Data);
        process.ErrorDataReceived += (_, line) => Heard(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        ProcessId = process.Id;
        while (!Answers(Address))
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(30))
            {
                throw new InvalidOperationException($"{Name} does not answer:\n{string.Join('\n', said)}");
            }

            Thread.Yield();
        }

        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    /// <summary>Stops it as an operator does.</summary>
    public void Stop()
    {
        if (process is not null)
        {
            Libc.Terminate(process.Id);
            if (!process.WaitForExit(TimeSpan.FromSeconds(10)))
            {
                process.Kill();
                process.WaitForExit();
            }

            process.Dispose();
            process = null;
        }
    }

    public void Dispose()
    {
        Stop();
        Directory.Delete(folder, recursive: true);
    }

    private static bool Inherited(string name) =>
        name is "PUBLIC_URL" or "TRUSTED_PROXIES" or "TLS_CERT" or "TLS_KEY" or "DOTNET_HOST_PATH"
        || name.StartsWith("ASPNETCORE_", StringComparison.Ordinal) || name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase);

    public static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private Dictionary<string, string> Settings() => new()
    {
        ["PORT"] = Address.Port.ToString(CultureInfo.InvariantCulture),
        ["HOST"] = "127.0.0.1",
        ["FOUNDER_KEY"] = FounderKey,
        ["SERVER_NAME"] = "Benchmark",
        ["DATA_DIR"] = DataFolder,
        ["RATE_LIMIT_PER_MINUTE"] = "0",
        ["MAX_CONNECTIONS"] = "20000",
        ["MAX_CONNECTIONS_PER_ADDRESS"] = "20000",
    };

    // A socket of its own each time: the time until the first answer is not that of a client library.
    public static bool Answers(IPEndPoint address)
    {
        try
        {
            using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(address);
            socket.Send("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"u8);
            Span<byte> answer = stackalloc byte[12];
            return socket.Receive(answer) == 12 && answer.SequenceEqual("HTTP/1.1 200"u8);
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private double MemoryLine(string name)
    {
        string line = File.ReadLines($"/proc/{ProcessId}/smaps_rollup").First(line => line.StartsWith(name, StringComparison.Ordinal));
        return double.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }

    private void Heard(string? line)
    {
        if (line is not null && said.Count < 200)
        {
            said.Enqueue(line);
        }
    }
}
