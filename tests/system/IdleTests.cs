using System.Diagnostics;
using System.Globalization;

namespace SecureChat.SystemTests;

/// <summary>A relay to which nobody talks.</summary>
public class IdleTests
{
    [Fact]
    public async Task Pages_of_code_that_answering_took_are_given_back_and_answers_go_on()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        await using var circle = await Circle.Found(2);
        await using var one = await circle[0].Connects();
        await using var other = await circle[1].Connects();

        // On a busy machine a second is over before the pages are counted; then it is asked again.
        await Waiting.Until(async () =>
        {
            (await circle.Relay.Get("/api/status")).Status.ShouldBe(200);
            var answering = PagesOfFiles(circle.Relay.ProcessId);
            return await HasFewer(circle.Relay.ProcessId, answering * 85 / 100);
        }, "fewer pages of files are resident");

        await one.Send("MESSAGE", circle[0].Message("general", "m1", (circle[1], "hello")));
        (await other.Expect("MESSAGE", Envelope.Fields)).Text("encrypted_blob").ShouldBe("hello");
        await circle.Relay.Stop();
    }

    private static async Task<bool> HasFewer(int process, long pages)
    {
        var started = Stopwatch.GetTimestamp();
        while (PagesOfFiles(process) > pages)
        {
            if (Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(4))
            {
                return false;
            }

            await Task.Delay(20); // between two questions
        }

        return true;
    }

    // In KiB.
    private static long PagesOfFiles(int process) => long.Parse(
        File.ReadLines($"/proc/{process}/status").Single(line => line.StartsWith("RssFile:", StringComparison.Ordinal)).AsSpan("RssFile:".Length).TrimEnd("kB"),
        CultureInfo.InvariantCulture);
}
