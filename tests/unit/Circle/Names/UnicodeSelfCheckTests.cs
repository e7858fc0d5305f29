using SecureChat.Ledger.Circle.Names;

namespace SecureChat.UnitTests.Circle.Names;

public sealed class UnicodeSelfCheckTests
{
    [Fact]
    public void A_process_with_the_icu_library_can_compare_names() => UnicodeSelfCheck.Problem().ShouldBeNull();

    [Fact]
    public void A_process_in_which_normalizing_does_nothing_says_so() =>
        UnicodeSelfCheck.Problem((text, _) => text).ShouldNotBeNull().ShouldContain("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT");
}
