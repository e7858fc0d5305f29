using System.Reflection;
using ArchUnitNET.Loader;
using SecureChat.Admin;
using SecureChat.Ledger.Storage;
using SecureChat.Projections;
using SecureChat.UnitTests.Keys;
using SecureChat.Web.Start;
using Type = System.Type;

namespace SecureChat.UnitTests;

/// <summary>What must not be used where, read from the compiled code itself and from the source files.</summary>
public class ArchitectureTests
{
    private static readonly Assembly LedgerCode = typeof(LedgerFile).Assembly;
    private static readonly Assembly ProjectionsCode = typeof(LiveCircle).Assembly;
    private static readonly Assembly WebCode = typeof(Settings).Assembly;
    private static readonly Assembly AdminCode = typeof(AdminProgram).Assembly;

    private static readonly string[] InputAndOutput =
        ["System.IO.", "System.Net.", "System.Data.", "System.Console", "System.Environment", "System.Diagnostics.Process", "Microsoft."];

    private static readonly string[] ClockAndRandomness =
        ["System.DateTime", "System.DateTimeOffset", "System.TimeProvider", "System.Diagnostics.Stopwatch", "System.Random", "System.Guid",
            "System.Security.Cryptography.RandomNumberGenerator"];

    [Fact]
    public void Web_knows_Projections_and_Projections_know_Ledger_and_never_the_other_way_round()
    {
        Ours(LedgerCode).ShouldBeEmpty();
        Ours(ProjectionsCode).ShouldBe(["SecureChat.Ledger"]);
        Ours(WebCode).ShouldBe(["SecureChat.Ledger", "SecureChat.Projections"]);
    }

    [Fact]
    public void The_operators_tool_knows_nothing_of_Web_and_nobody_knows_it()
    {
        Ours(AdminCode).ShouldBe(["SecureChat.Ledger", "SecureChat.Projections"]);
        foreach (Assembly code in (Assembly[])[LedgerCode, ProjectionsCode, WebCode])
        {
            code.GetReferencedAssemblies().ShouldNotContain(name => name.Name == AdminCode.GetName().Name);
        }
    }

    private static IEnumerable<string> Ours(Assembly assembly) => assembly.GetReferencedAssemblies()
        .Select(name => name.Name!)
        .Where(name => name.StartsWith("SecureChat.", StringComparison.OrdinalIgnoreCase))
        .Order(StringComparer.Ordinal);

    [Fact]
    public void The_verifier_knows_the_stored_ledger_and_the_stored_ledger_knows_no_verifier()
    {
        Uses.Of("SecureChat.Ledger.Storage").ShouldNotInclude(["SecureChat.Ledger.Verification."]);
        Uses.Of("SecureChat.Ledger.Verification").Types.ShouldContain("SecureChat.Ledger.Storage.Entry");
    }

    [Fact]
    public void The_rules_of_the_circle_are_pure()
    {
        Uses circle = Uses.Of("SecureChat.Ledger.Circle", notIn: "SecureChat.Ledger.Circle.Names");
        circle.Types.ShouldNotBeEmpty();
        circle.ShouldNotInclude([.. InputAndOutput, .. ClockAndRandomness, "Org.BouncyCastle.", "System.Threading."]);
        circle.Types.Where(type => type.StartsWith("SecureChat.", StringComparison.Ordinal))
            .Where(type => !type.StartsWith("SecureChat.Ledger.Circle.", StringComparison.Ordinal))
            .ShouldBe(["SecureChat.Ledger.Transparency.Hash"]);
    }

    [Fact]
    public void Names_use_nothing_but_the_tables_that_they_carry()
    {
        Uses names = Uses.Of("SecureChat.Ledger.Circle.Names");
        names.ShouldNotInclude(["System.IO.File", "System.IO.Directory", "System.Net.", "System.Data.", "Microsoft.Data.", "Org.BouncyCastle.", .. ClockAndRandomness]);
        names.Types.Where(type => type.StartsWith("SecureChat.", StringComparison.Ordinal))
            .ShouldAllBe(type => type.StartsWith("SecureChat.Ledger.Circle.Names.", StringComparison.Ordinal));
    }

    [Fact]
    public void The_formats_of_the_log_are_pure_and_use_no_package_but_BouncyCastle()
    {
        Uses transparency = Uses.Of("SecureChat.Ledger.Transparency");
        transparency.ShouldNotInclude([.. InputAndOutput, "System.Random", "System.TimeProvider", "System.Guid"]);
        transparency.Types
            .Where(type => !type.StartsWith("System.", StringComparison.Ordinal) && !type.StartsWith("SecureChat.Ledger.Transparency.", StringComparison.Ordinal))
            .ShouldAllBe(type => type.StartsWith("Org.BouncyCastle.", StringComparison.Ordinal) || type.StartsWith("SecureChat.Ledger.Keys.", StringComparison.Ordinal));
    }

    [Fact]
    public void BouncyCastle_is_used_for_keys_and_for_the_log_and_nowhere_else()
    {
        Uses.WhoUses("Org.BouncyCastle.").Where(type => type.StartsWith("SecureChat.", StringComparison.Ordinal)).Select(Room).Distinct().Order(StringComparer.Ordinal)
            .ShouldBe(["SecureChat.Ledger.Keys", "SecureChat.Ledger.Transparency"]);

        static string Room(string type) => string.Join('.', type.Split('.').Take(3));
    }

    [Fact]
    public void No_interface_and_no_base_class_stands_there_for_one()
    {
        foreach (Type[] types in (Type[][])[LedgerCode.GetTypes(), ProjectionsCode.GetTypes(), WebCode.GetTypes(), AdminCode.GetTypes()])
        {
            Type[] ours = [.. types.Where(type => type.Namespace?.StartsWith("SecureChat.", StringComparison.Ordinal) is true)];
            foreach (Type general in ours.Where(type => type.IsInterface || (type.IsAbstract && !type.IsSealed)))
            {
                ours.Count(type => type != general && type.IsAssignableTo(general)).ShouldBeGreaterThan(1, general.FullName);
            }
        }
    }

    [Fact]
    public void A_source_file_has_at_most_300_lines()
    {
        string[] files = [.. Directory.EnumerateFiles(Path.Combine(RepositoryFolder.Root, "src"), "*.cs", SearchOption.AllDirectories)];
        files.ShouldNotBeEmpty();
        files.Where(file => File.ReadLines(file).Count() > 300).ShouldBeEmpty();
    }
}

/// <summary>The types that some of our code refers to.</summary>
internal sealed record Uses(IReadOnlySet<string> Types)
{
    private static readonly ArchUnitNET.Domain.Architecture All = new ArchLoader()
        .LoadAssemblies(typeof(LedgerFile).Assembly, typeof(LiveCircle).Assembly, typeof(Settings).Assembly, typeof(AdminProgram).Assembly)
        .Build();

    /// <summary>What the types of a namespace and those below it use.</summary>
    public static Uses Of(string room, string? notIn = null) => new(
        All.Types
            .Where(type => InRoom(type.FullName, room) && (notIn is null || !InRoom(type.FullName, notIn)))
            .SelectMany(type => type.Dependencies)
            .Select(dependency => dependency.Target.FullName)
            .ToHashSet());

    public static IEnumerable<string> WhoUses(string used) => All.Types
        .Where(type => type.Dependencies.Any(dependency => dependency.Target.FullName.StartsWith(used, StringComparison.Ordinal)))
        .Select(type => type.FullName);

    public void ShouldNotInclude(IReadOnlyList<string> forbidden) =>
        Types.Where(type => forbidden.Any(start => type.StartsWith(start, StringComparison.Ordinal))).ShouldBeEmpty();

    private static bool InRoom(string type, string room) => type.StartsWith(room + ".", StringComparison.Ordinal);
}
