using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using SecureChat.Ledger.Circle;
using SecureChat.UnitTests.Verification;

namespace SecureChat.BrowserTests.Circles;

/// <summary>Circles in which anything happens that the decisions allow, the same for the same seed.</summary>
internal static class RandomCircles
{
    private const int Steps = 60;

    private static readonly string[] s_ids = ["ann", "bob", "cat", "dan", "eve"];

    public static SignedCircle Of(int seed)
    {
        Dice dice = new(seed);
        SignedCircle circle = new(seed);
        circle.Found("ann", signed: dice.Next(2) == 0);
        for (int imported = dice.Next(3); imported > 0; imported--)
        {
            circle.Import(s_ids[imported]);
        }

        for (int step = 0; step < Steps; step++)
        {
            Do(circle, dice.Next(14), s_ids[dice.Next(s_ids.Length)], dice.Next(8) > 0, dice);
        }

        return circle;
    }

    private static void Do(SignedCircle circle, int what, string id, bool isSigned, Dice dice)
    {
        switch (what)
        {
            case < 3:
                circle.Ask(id, isSigned);
                break;
            case < 7 when circle.State.Pending.Count > 0:
                circle.Vote(circle.State.Pending[dice.Next(circle.State.Pending.Count)].Id, id, dice.Next(8) > 0, isSigned);
                break;
            case < 9 when circle.State.Pending.Count > 0:
                string request = circle.State.Pending[0].Id;
                foreach (Member member in circle.State.Members.ToList())
                {
                    circle.Vote(request, member.Id, signed: isSigned);
                }

                break;
            case 9:
                circle.Leave(id, isSigned);
                break;
            case 10:
                circle.Ratify(id);
                break;
            case 11:
                circle.Require(id, dice.Next(2) == 0);
                break;
            case 12:
                circle.Now += 50L * 60 * 60 * 1000;
                break;
            case 13:
                circle.Lock(id, dice.Next(4) == 0, isSigned);
                break;
        }
    }
}

/// <summary>Numbers that nobody foresees, the same for the same seed on every machine.</summary>
internal sealed class Dice(int seed)
{
    private int drawn;

    public int Next(int below) =>
        (int)(BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.ASCII.GetBytes($"{seed} {drawn++}"))) % (uint)below);
}
