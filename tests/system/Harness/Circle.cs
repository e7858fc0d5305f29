namespace SecureChat.SystemTests.Harness;

/// <summary>A relay with a founder and as many further members as a test wants, admitted the regular way.</summary>
public sealed class Circle : IAsyncDisposable
{
    private readonly List<Person> members = [];

    private Circle(RelayProcess relay) => Relay = relay;

    public RelayProcess Relay { get; }

    public Person Founder => members[0];

    public IReadOnlyList<Person> Members => members;

    public Person this[int index] => members[index];

    public static async Task<Circle> Found(int size, params (string Name, string? Value)[] settings) =>
        await FoundOn(await RelayProcess.Run(settings), size);

    /// <summary>Takes over the relay: it ends with the circle.</summary>
    public static async Task<Circle> FoundOn(RelayProcess relay, int size)
    {
        var circle = new Circle(relay);
        try
        {
            var founder = new Person(relay);
            (await founder.Registers()).ShouldSucceed("success", "is_founder", "member_id");
            circle.members.Add(founder);
            while (circle.members.Count < size)
            {
                await circle.Admit(circle.Stranger());
            }

            return circle;
        }
        catch
        {
            await circle.DisposeAsync();
            throw;
        }
    }

    public Person Stranger(string? id = null, string? name = null, KeyPair? key = null) => new(Relay, id, name, key);

    /// <summary>The person asks and everybody who is a member approves.</summary>
    public async Task Admit(Person person)
    {
        var request = await person.HasAsked();
        foreach (var member in members)
        {
            await member.Approves(request);
        }

        (await Status(request)).ShouldBe("approved");
        members.Add(person);
    }

    public async Task Leave(Person person)
    {
        await person.Leaves();
        members.Remove(person);
    }

    /// <summary>What polling says about a request.</summary>
    public async Task<string> Status(string request) =>
        (await Relay.Get($"/api/join-request/{request}")).ShouldSucceed("request_id", "status", "requester_name", "expires_at")
            .Text("status");

    public ValueTask DisposeAsync() => Relay.DisposeAsync();
}

/// <summary>Three members on one relay, shared by the tests of a class, which leave the membership as they found it.</summary>
public sealed class CircleOfThree : IAsyncLifetime
{
    public Circle Circle { get; private set; } = null!;

    public async Task InitializeAsync() => Circle = await Circle.Found(3);

    public async Task DisposeAsync() => await Circle.DisposeAsync();
}
