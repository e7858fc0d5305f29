using SecureChat.Ledger.Circle;
using SecureChat.UnitTests.Verification;

namespace SecureChat.BrowserTests.Circles;

/// <summary>Histories with everything in them that a report has to show.</summary>
internal static class Stories
{
    // With a key for each of its people the large circle's report is one per cent larger.
    private const int DifferentKeys = 16;

    private const long Day = 24L * 60 * 60 * 1000;

    /// <summary>
    /// A circle that came over from an older server without signatures, and learned to sign: imports, ratifications, admissions signed
    /// and unsigned, a rejection, a request that ran out, somebody who left and came back, the lock, an erasure, and one who waits.
    /// </summary>
    public static SignedCircle Eventful()
    {
        SignedCircle circle = new() { Now = 1_717_401_600_000 };
        foreach ((string id, string name) in s_people)
        {
            circle.Names[id] = name;
        }

        circle.Found("ada", signed: false);
        circle.Import("ben");
        circle.Import("chloe");
        circle.Now += 9 * Day;
        circle.Admit(circle.Ask("dora", signed: false), signed: false);
        circle.Now += 30 * Day;
        foreach (string id in (string[])["ada", "ben", "chloe", "dora"])
        {
            circle.Ratify(id);
            circle.Now += Day / 3;
        }

        circle.Now += 60 * Day;
        Admitted(circle, "emil");
        circle.Now += 20 * Day;
        string refused = circle.Ask("mallory");
        circle.Now += Day / 4;
        circle.Vote(refused, "ada");
        circle.Vote(refused, "chloe", approve: false);
        circle.Now += 3 * Day;
        circle.Lock("chloe", locked: true);
        circle.Now += 12 * Day;
        circle.Lock("ada", locked: false);
        circle.Require("chloe");
        circle.Now += 50 * Day;
        circle.Leave("ben");
        circle.Now += Day;
        circle.Erase(Entry(circle, refused), "profile", "keys", "proof");
        string forgotten = circle.Ask("farid");
        circle.Vote(forgotten, "ada");
        circle.Now += 5 * Day;
        circle.Do(new ExpireRequests());
        circle.Now += 40 * Day;
        Admitted(circle, "ben");
        circle.Now += 30 * Day;
        Admitted(circle, "farid");
        circle.Leave("dora", signed: false);
        circle.Now += 15 * Day;
        string waiting = circle.Ask("gul");
        circle.Vote(waiting, "ada");
        return circle;
    }

    /// <summary>Everybody has signed everything, and so did the two who were there at the beginning.</summary>
    public static SignedCircle Signed() => SignedCircle.Of("bob", "cat");

    /// <summary>
    /// Five years of a large circle, everything signed: fifty members in the end, people who leave and come back, requests that are
    /// rejected or run out, and about two thousand entries.
    /// </summary>
    public static SignedCircle Grown(int members = 50)
    {
        SignedCircle circle = new() { Now = 1_609_500_000_000 };
        for (int person = 0; person < 4 * members; person++)
        {
            circle.Names[$"p{person}"] = $"{s_given[person % s_given.Length]} {s_family[person / s_given.Length % s_family.Length]}";
            circle.Keys[$"p{person}"] = $"key {person % DifferentKeys}";
        }

        circle.Found("p0");
        string? away = null;
        for (int person = 1; circle.State.Members.Count < members; person++)
        {
            circle.Now += 23 * Day;
            Admitted(circle, $"p{person}");
            if (person % 4 == 2 && person > 5)
            {
                circle.Leave(away = $"p{person - 3}");
                circle.Now += 2 * Day;
            }
            else if (person % 15 == 13 && circle.State.Members.Count < members)
            {
                Admitted(circle, away!);
            }

            if (person % 5 == 3)
            {
                string refused = circle.Ask($"stranger{person}", key: "stranger");
                foreach (string voter in circle.State.Members.Select(member => member.Id).Take(person / 4).ToList())
                {
                    circle.Vote(refused, voter);
                }

                circle.Now += Day;
                circle.Vote(refused, circle.State.Members.Last().Id, approve: false);
            }

            if (person % 14 == 10)
            {
                circle.Ask($"late{person}", key: "stranger");
                circle.Now += 3 * Day;
                circle.Do(new ExpireRequests());
            }
        }

        foreach (string id in (string[])["p1", "p2"])
        {
            circle.Leave(id);
            circle.Now += 25 * Day;
            Admitted(circle, id);
        }

        return circle;
    }

    /// <summary>The entry of a request's submission.</summary>
    public static int Entry(SignedCircle circle, string request) =>
        circle.Events.FindIndex(happened => happened is RequestSubmitted submission && submission.Request == request);

    private static void Admitted(SignedCircle circle, string id)
    {
        string request = circle.Ask(id);
        foreach (string voter in circle.State.Members.Select(member => member.Id).ToList())
        {
            circle.Now += Day / 60;
            circle.Vote(request, voter).Refusal.ShouldBeNull();
        }

        circle.State.MemberOf(id).ShouldNotBeNull();
    }

    private static readonly string[] s_given =
        ["Amara", "Björn", "Carla", "Dmitri", "Elif", "Femi", "Greta", "Hugo", "Ines", "Jonas", "Kaito", "Lucía", "Marek", "Nora", "Otto", "Priya", "Rosa"];

    private static readonly string[] s_family = ["Abel", "Brandt", "Castro", "Duarte", "Eriksen", "Fischer", "Garcia", "Hofer", "Ito", "Jansen", "Keller", "Lindqvist"];

    // As hostile as the door lets them be: markup, quotes, and a script that is written from right to left.
    private static readonly (string Id, string Name)[] s_people =
    [
        ("ada", "Ada Lovelace"), ("ben", "Ben “Benny” O’Neill"), ("chloe", "Chloë & Söhne"), ("dora", "<b>Dora</b> </script><script>alert(1)</script>"),
        ("emil", "Emil \"der Kleine\" {{data}}"), ("farid", "فرید"), ("gul", "Gül"), ("mallory", "Mallory --> <!--"),
    ];
}
