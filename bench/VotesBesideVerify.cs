using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Verification;

namespace SecureChat.Bench;

/// <summary>
/// How many votes a second a running relay takes, alone and while <c>securechat-admin verify</c> reads its ledger again and again: reading
/// must not keep the writer waiting, and must leave it the processor. Rounds without and with it take turns.
/// </summary>
internal static class VotesBesideVerify
{
    private const int Members = 100;
    private const int History = 100_000;
    private const int Rounds = 6;
    private const int RequestsOfARound = 120;
    private const int AtOnce = 32;
    private const int Port = 38_417;

    private static readonly Uri Url = new($"http://127.0.0.1:{Port}/");

    public static async Task MeasureAsync(Table table, TemporaryFolder temporary)
    {
        string folder = temporary.Make("data");
        using RSA key = MemberKey.Make();
        Fill(folder, key);
        using Process relay = Start("SecureChat.Web.dll", [], new()
        {
            ["DATA_DIR"] = folder,
            ["HOST"] = "127.0.0.1",
            ["PORT"] = Port.ToString(CultureInfo.InvariantCulture),
            ["RATE_LIMIT_PER_MINUTE"] = "0",
        });
        try
        {
            using HttpClient client = new() { BaseAddress = Url };
            await AnswersAsync(client);
            await RoundAsync(client, key, 0);
            List<double> alone = [];
            List<double> beside = [];
            List<double> ratios = [];
            int verified = 0;
            for (int round = 1; round <= Rounds; round++)
            {
                alone.Add(await RoundAsync(client, key, 2 * round));
                using CancellationTokenSource over = new();
                Task<int> verifying = Task.FromResult(0);
                beside.Add(await RoundAsync(client, key, (2 * round) + 1, () => verifying = VerifyAsync(folder, over.Token)));
                await over.CancelAsync();
                verified += await verifying;
                ratios.Add(beside[^1] / alone[^1]);
            }

            table.Add("votes a second, nothing beside", alone);
            table.Add($"the same with verify in a loop ({verified} ended meanwhile)", beside);
            table.AtLeast("the ratio of each pair", ratios, 0.8);
        }
        finally
        {
            relay.Kill();
            await relay.WaitForExitAsync();
        }
    }

    // A hundred members, and requests that one of them rejected, until there are enough entries to read.
    private static void Fill(string folder, RSA key)
    {
        OpenLedger ledger = LedgerOpening.Open(folder, origin: null, RandomNumberGenerator.Fill);
        using LedgerTransaction transaction = new(ledger.File.Open(), ledger.Range, ledger.Key);
        List<CircleEvent> events = [new FounderRegistered(Person("member-0", key))];
        events.AddRange(Enumerable.Range(1, Members - 1).Select(number => new MemberImported(Person($"member-{number}", key), Joined: null)));
        const long time = 1_790_000_000_000;
        for (int number = 0; events.Count < History; number++)
        {
            string request = $"00000000-0000-4000-8000-{number:x12}";
            events.Add(new RequestSubmitted(request, time + Decisions.RequestLifetime, Person($"asker-{number}", key)));
            events.Add(new VoteCast(request, number % Members, Approve: false));
            events.Add(new RequestRejected(request, events.Count - 1));
        }

        transaction.Commit([.. events.Select(happened => Entry.Write(happened, time, RandomNumberGenerator.Fill))], [], [], time);
    }

    private static Newcomer Person(string id, RSA key) => new(
        new Profile(id, $"Name of {id}"),
        new MemberKeys(Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()), "", key.ExportSubjectPublicKeyInfoPem() + "\n"));

    // Everybody but the last member approves each request, so that none is ever admitted. Signed before the clock runs.
    private static async Task<double> RoundAsync(HttpClient client, RSA key, int round, Action? beside = null)
    {
        List<string> requests = [];
        for (int number = 0; number < RequestsOfARound; number++)
        {
            requests.Add(await AskAsync(client, key, (round * RequestsOfARound) + number));
        }

        long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        HttpRequestMessage[] votes =
        [
            .. requests.SelectMany((request, index) => Enumerable.Range(0, Members - 1).Select(member => Vote(key, request, $"member-{member}", now + index))),
        ];
        beside?.Invoke();
        long start = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(votes, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (vote, stop) =>
        {
            using HttpResponseMessage answer = await client.SendAsync(vote, stop);
            answer.EnsureSuccessStatusCode();
        });
        return votes.Length / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task<string> AskAsync(HttpClient client, RSA key, int number)
    {
        using HttpRequestMessage asking = new(HttpMethod.Post, "api/join-request")
        {
            Content = JsonContent.Create(new { id = $"new-{number}", display_name = $"Newcomer {number}", public_key = key.ExportSubjectPublicKeyInfoPem() }),
        };
        asking.Headers.Add("X-Forwarded-For", $"198.18.{number / 250}.{number % 250}");
        using HttpResponseMessage answer = await client.SendAsync(asking);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("request_id").GetString()!;
    }

    private static HttpRequestMessage Vote(RSA key, string request, string member, long time)
    {
        HttpRequestMessage vote = new(HttpMethod.Post, $"api/approve/{request}")
        {
            Content = new ByteArrayContent("""{"approved":true}"""u8.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        byte[] signature = key.SignData(Encoding.ASCII.GetBytes($"{member}{time}"), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        vote.Headers.Add("x-member-id", member);
        vote.Headers.Add("x-signature", Convert.ToBase64String(signature));
        vote.Headers.Add("x-timestamp", time.ToString(CultureInfo.InvariantCulture));
        return vote;
    }

    // Again and again until it is told to stop; how often it came to the end with a ledger that holds.
    private static async Task<int> VerifyAsync(string folder, CancellationToken over)
    {
        int ended = 0;
        while (!over.IsCancellationRequested)
        {
            StringBuilder said = new();
            using Process verify = Start("securechat-admin.dll", ["verify", folder], [], line => said.AppendLine(line));
            try
            {
                await verify.WaitForExitAsync(over);
            }
            catch (OperationCanceledException)
            {
                verify.Kill();
                await verify.WaitForExitAsync(CancellationToken.None);
                break;
            }

            ended += verify.ExitCode == 0 ? 1 : throw new InvalidOperationException($"verify ended with {verify.ExitCode}: {said}");
        }

        return ended;
    }

    private static async Task AnswersAsync(HttpClient client)
    {
        for (int attempt = 0; attempt < 600; attempt++)
        {
            try
            {
                await client.GetStringAsync(new Uri("api/status", UriKind.Relative));
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(100);
            }
        }

        throw new InvalidOperationException("The relay does not answer.");
    }

    private static Process Start(string assembly, string[] args, Dictionary<string, string> environment, Action<string?>? said = null)
    {
        ProcessStartInfo start = new(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [Path.Combine(AppContext.BaseDirectory, assembly), .. args])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => said?.Invoke(line.Data);
        process.ErrorDataReceived += (_, line) => said?.Invoke(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }
}
