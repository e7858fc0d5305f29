using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace SecureChat.SystemTests.Harness;

/// <summary>
/// The built server as a process of its own, on a free loopback port and a working folder of its own. It can be stopped, killed and started
/// again on the same folder; disposing ends it and deletes the folder.
/// </summary>
public sealed class RelayProcess : IAsyncDisposable
{
    public const string FounderKey = "canary-founder-key-5f0c7d2b";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private readonly StringBuilder output = new();
    private readonly bool ownsFolder;
    private Process? process;
    private int people;
    private int? taken;

    private RelayProcess(string folder, bool ownsFolder, (string Name, string? Value)[] settings)
    {
        Folder = folder;
        this.ownsFolder = ownsFolder;
        Settings = new Dictionary<string, string?>
        {
            ["HOST"] = "127.0.0.1",
            ["DATA_DIR"] = DataFolder,
            ["FOUNDER_KEY"] = FounderKey,
            ["RATE_LIMIT_PER_MINUTE"] = "0",
        };
        foreach (var (name, value) in settings)
        {
            Settings[name] = value;
        }
    }

    /// <summary>The environment of the process; null leaves a variable out. PORT is chosen at each start unless it is set here.</summary>
    public Dictionary<string, string?> Settings { get; }

    /// <summary>A program, with its arguments, that starts the relay in its own place, with the same process id; none by default.</summary>
    public string[] Launcher { get; set; } = [];

    /// <summary>The working folder of the process. A <c>.env</c> file would stand here.</summary>
    public string Folder { get; }

    public string DataFolder => Path.Combine(Folder, "data");

    public int Port { get; private set; }

    /// <summary>What the operating system calls the process of the last start.</summary>
    public int ProcessId => process!.Id;

    public Uri Url => new($"{(Settings.GetValueOrDefault("TLS_CERT") is null ? "http" : "https")}://127.0.0.1:{Port}/");

    /// <summary>Standard output and standard error of every start so far.</summary>
    public string Output
    {
        get
        {
            lock (output)
            {
                return output.ToString();
            }
        }
    }

    /// <summary>A number that no other person of this relay has: names and addresses are made from it.</summary>
    public int NextPerson() => Interlocked.Increment(ref people);

    /// <summary>A relay with an empty folder, not started yet.</summary>
    public static RelayProcess Prepare(params (string Name, string? Value)[] settings)
    {
        var name = "securechat-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        var folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), name)).FullName;
        return new RelayProcess(folder, ownsFolder: true, settings);
    }

    /// <summary>A running relay with an empty folder.</summary>
    public static async Task<RelayProcess> Run(params (string Name, string? Value)[] settings)
    {
        var relay = Prepare(settings);
        try
        {
            await relay.Start();
            return relay;
        }
        catch
        {
            await relay.DisposeAsync();
            throw;
        }
    }

    /// <summary>A second relay, not started yet, that works in the folder of this one.</summary>
    public RelayProcess Rival(params (string Name, string? Value)[] settings) => new(Folder, ownsFolder: false, settings);

    /// <summary>Starts and waits until the health check answers.</summary>
    public async Task Start()
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            Launch();
            if (await AnswersOrExits(started))
            {
                return;
            }
            // Somebody else than a relay may have taken the port meanwhile.
            if (Settings.ContainsKey("PORT") || FreePorts.IsFree(Port))
            {
                throw new InvalidOperationException($"The relay ended with {process!.ExitCode} at its start:\n{Output}");
            }
        }
    }

    /// <summary>Starts a relay that is expected to refuse, and returns its exit code and what it said.</summary>
    public async Task<(int ExitCode, string[] Lines)> StartInVain()
    {
        var before = Output.Length;
        Launch();
        using var limit = new CancellationTokenSource(StartLimit);
        try
        {
            await process!.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException exception)
        {
            throw new InvalidOperationException($"The relay should have refused to start, but runs:\n{Output[before..]}", exception);
        }

        return (process.ExitCode, Output[before..].Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    /// <summary>Asks the process to end, as an operator or a container host does, and expects it to do so cleanly and in time.</summary>
    public async Task Stop(PosixSignal signal = PosixSignal.SIGTERM)
    {
        Signal(process!.Id, signal == PosixSignal.SIGINT ? 2 : 15).ShouldBe(0);
        using var limit = new CancellationTokenSource(StopLimit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException exception)
        {
            throw new InvalidOperationException($"The relay did not end within {StopLimit.TotalSeconds} s:\n{Output}", exception);
        }

        process.ExitCode.ShouldBe(0, Output);
    }

    /// <summary>Waits until the process has ended by itself, and returns its exit code.</summary>
    public async Task<int> Ended()
    {
        using var limit = new CancellationTokenSource(StartLimit);
        await process!.WaitForExitAsync(limit.Token);
        return process.ExitCode;
    }

    /// <summary>kill -9: no handler runs, nothing is flushed.</summary>
    public async Task Kill()
    {
        process!.Kill();
        await process.WaitForExitAsync();
    }

    public async Task Restart()
    {
        await Stop();
        await Start();
    }

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false })
        {
            await Kill();
        }

        process?.Dispose();
        process = null;
        GiveBackPort();
        if (ownsFolder && Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    private void Launch()
    {
        GiveBackPort();
        Port = Settings.TryGetValue("PORT", out var fixedPort) && int.TryParse(fixedPort, out var number) ? number : (taken = FreePorts.Take()).Value;
        var start = BuiltProgram.Relay(Launcher);
        start.WorkingDirectory = Folder;
        foreach (var inherited in start.Environment.Keys.Where(IsOurs).ToList())
        {
            start.Environment.Remove(inherited);
        }

        start.Environment["PORT"] = Port.ToString();
        foreach (var (name, value) in Settings)
        {
            if (value is null)
            {
                start.Environment.Remove(name);
            }
            else
            {
                start.Environment[name] = value;
            }
        }

        process?.Dispose();
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Collect(line.Data);
        process.ErrorDataReceived += (_, line) => Collect(line.Data);
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    private async Task<bool> AnswersOrExits(long started)
    {
        while (!process!.HasExited)
        {
            if (Stopwatch.GetElapsedTime(started) > StartLimit)
            {
                throw new InvalidOperationException($"The relay did not answer within {StartLimit.TotalSeconds} s:\n{Output}");
            }

            try
            {
                using var answer = await Http.Client.GetAsync(Url);
                if (answer.IsSuccessStatusCode && !process.HasExited)
                {
                    return true;
                }
            }
            catch (HttpRequestException)
            {
                await Task.Delay(20); // between two attempts to connect
            }
        }

        await process.WaitForExitAsync();
        return false;
    }

    private void Collect(string? line)
    {
        if (line is not null)
        {
            lock (output)
            {
                output.Append(line).Append('\n');
            }
        }
    }

    private static bool IsOurs(string name) =>
        name is "PORT" or "HOST" or "DATA_DIR" or "FOUNDER_KEY" or "SERVER_NAME" or "PUBLIC_URL" or "TRUSTED_PROXIES" or "TLS_CERT" or "TLS_KEY"
        || name.StartsWith("ASPNETCORE_", StringComparison.Ordinal)
        || name.StartsWith("Logging__", StringComparison.Ordinal)
        || name.StartsWith("MAX_", StringComparison.Ordinal)
        || name is "LEDGER_ORIGIN" or "AUDIT_TOKEN" or "WITNESS_POLICY" or "ERASE_REJECTED_AFTER_DAYS";

    private void GiveBackPort()
    {
        if (taken is { } port)
        {
            FreePorts.GiveBack(port);
            taken = null;
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Signal(int processId, int signal);
}
