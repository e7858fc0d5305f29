using SecureChat.Ledger.Circle;

namespace SecureChat.UnitTests.Circle;

/// <summary>People for tests of the rules, which look at keys only to tell one from another.</summary>
internal static class SomeNewcomer
{
    /// <summary>Somebody whose name and key are made from the id unless the test is about them.</summary>
    internal static Newcomer Called(string id, string? name = null, string? key = null)
    {
        var spki = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(key ?? $"key of {id}"));
        return new Newcomer(new Profile(id, name ?? $"Name {id}"), new MemberKeys(spki, "", $"PEM {spki}"));
    }
}
