using System.Text;

namespace SecureChat.ApprovalTests.Storage;

/// <summary>The tables that operators and their scripts know, in a circle in which everything happens that can.</summary>
public sealed class TablesTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 9, 0, 0, TimeSpan.Zero);
    private static readonly string[] Projected = ["members", "join_requests", "channels", "server_info"];

    private readonly Person alice = Person.Named("Alice");
    private readonly Person ben = Person.Named("Ben");
    private readonly Person cleo = Person.Named("Cleo");
    private readonly Person dora = Person.Named("Dora");
    private readonly Person emil = Person.Named("Emil");
    private readonly EventfulCircle circle = new(Start);
    private readonly Aliases aliases;
    private readonly StringBuilder story = new();
    private readonly Dictionary<string, string> shown = [];

    public TablesTests()
    {
        aliases = new Aliases(alice, ben, cleo, dora, emil);
        foreach (Person person in new[] { alice, ben, cleo, dora, emil })
        {
            aliases.Add(person.Address, $"ADDRESS-OF-{person.Name.ToUpperInvariant()}");
        }
    }

    public Task InitializeAsync() => Task.CompletedTask;

    [Fact]
    public async Task An_eventful_circle()
    {
        await LiveThroughEverything();

        Approve.Text(story.ToString());
    }

    [Fact]
    public async Task Made_anew_from_the_ledger_the_tables_are_the_same()
    {
        await LiveThroughEverything();
        string before = WithoutAddresses();

        await circle.MakeTablesAnew();

        WithoutAddresses().ShouldBe(before);
    }

    private async Task LiveThroughEverything()
    {
        await circle.Found(alice);
        Show("Alice founds the circle");

        await circle.Ask(ben, "request-of-ben");
        Show("Ben asks");

        await circle.Vote(alice, "request-of-ben", approve: true);
        Show("Alice approves, and Ben is admitted");

        await circle.Admit(cleo, "request-of-cleo", alice, ben);
        Show("Cleo asks, Alice and Ben approve");

        await circle.Ask(dora, "request-of-dora");
        await circle.Vote(ben, "request-of-dora", approve: true);
        await circle.Vote(alice, "request-of-dora", approve: false);
        Show("Dora asks, Ben approves, Alice rejects");

        await circle.Ask(dora, "second-request-of-dora");
        circle.Pass(TimeSpan.FromHours(48));
        await circle.Expire();
        Show("Dora asks again, and 48 hours pass");

        await circle.Ask(emil, "request-of-emil");
        await circle.Vote(alice, "request-of-emil", approve: true);
        await circle.Vote(ben, "request-of-emil", approve: true);
        await circle.Leave(cleo);
        Show("Emil asks, Alice and Ben approve; Cleo leaves, and that admits Emil");

        await circle.Ask(cleo, "return-of-cleo", name: "Cleo the Second");
        foreach (Person voter in new[] { alice, ben, emil })
        {
            await circle.Vote(voter, "return-of-cleo", approve: true);
        }

        Show("Cleo comes back under a new name");

        await circle.Ask(dora, "third-request-of-dora");
        await circle.Vote(emil, "third-request-of-dora", approve: true);
        await circle.Lock(ben, locked: true);
        Show("Dora asks once more, Emil approves, Ben locks");
    }

    // After each step the tables that it changed.
    private void Show(string step)
    {
        story.Append(story.Length == 0 ? "" : "\n").Append("== ").Append(step).Append('\n');
        foreach (string table in Projected.Append("ip_cooldowns"))
        {
            string text = Table(table);
            if (shown.GetValueOrDefault(table) != text)
            {
                shown[table] = text;
                story.Append('\n').Append(table).Append('\n').Append(text);
            }
        }
    }

    private string WithoutAddresses() => string.Join('\n', Projected.Select(table => Table(table, cell =>
        aliases.Apply(cell) is var text && text.StartsWith("ADDRESS-OF-", StringComparison.Ordinal) ? "NULL" : text)));

    private string Table(string name, Func<string, string>? scrub = null) =>
        DatabaseText.Table(Path.Combine(circle.Folder, "securechat.db"), name, scrub ?? aliases.Apply);

    public async Task DisposeAsync() => await circle.DisposeAsync();
}
