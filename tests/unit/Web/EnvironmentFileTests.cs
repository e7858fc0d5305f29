using SecureChat.UnitTests.Projections;
using SecureChat.Web.Start;

namespace SecureChat.UnitTests.Web;

public class EnvironmentFileTests
{
    [Theory]
    [InlineData("NAME_OF_TEST=plain", "plain")]
    [InlineData("NAME_OF_TEST=two words", "two words")]
    [InlineData("export NAME_OF_TEST=x", "x")]
    [InlineData("NAME_OF_TEST=x # comment", "x")]
    [InlineData("NAME_OF_TEST=x#y", "x#y")]
    [InlineData("NAME_OF_TEST='x # y'", "x # y")]
    [InlineData("NAME_OF_TEST=\"it's\"", "it's")]
    [InlineData("# comment\n\nNAME_OF_TEST=1\r\nOTHER=2\r\n", "1")]
    [InlineData("NAME_OF_TEST=1\nNAME_OF_TEST=2", "2")]
    [InlineData("\uFEFFNAME_OF_TEST=1", "1")]
    [InlineData("NAME_OF_TEST=", "")]
    [InlineData("OTHER=1", null)]
    [InlineData("", null)]
    public void A_line_is_a_name_and_a_value(string content, string? value) => ValueIn(content).ShouldBe(value);

    [Theory]
    [InlineData("NAME_OF_TEST='pa$word12$$ ${X} \"q\" \\'", "pa$word12$$ ${X} \"q\" \\")]
    [InlineData("NAME_OF_TEST=before$NO_SUCH_VARIABLE", "before")]
    public void A_dollar_is_kept_in_single_quotes_and_names_a_variable_elsewhere(string content, string value) =>
        ValueIn(content).ShouldBe(value);

    [Fact]
    public void The_environment_wins_unless_it_is_set_to_nothing()
    {
        ValueIn("PATH=from the file", "PATH").ShouldBe(Environment.GetEnvironmentVariable("PATH"));
        Environment.SetEnvironmentVariable("EMPTY_NAME_OF_TEST", "");
        ValueIn("EMPTY_NAME_OF_TEST=from the file", "EMPTY_NAME_OF_TEST").ShouldBe("from the file");
    }

    [Fact]
    public void Reading_the_file_does_not_change_the_environment()
    {
        ValueIn("NAME_OF_TEST=1");
        Environment.GetEnvironmentVariable("NAME_OF_TEST").ShouldBeNull();
    }

    [Fact]
    public void Without_a_file_the_environment_alone_counts() =>
        EnvironmentFile.Over("/no/such/file")("NAME_OF_TEST").ShouldBeNull();

    [Theory]
    [InlineData("secret without an equals sign")]
    [InlineData("FOUNDER_KEY='secret")]
    [InlineData("FOUNDER_KEY=it's secret")]
    public void A_broken_file_gives_one_line_that_names_it_and_quotes_nothing_of_it(string content)
    {
        string line = Should.Throw<SettingException>(() => ValueIn(content)).Message;
        line.ShouldContain(".env");
        line.ShouldNotContain("secret");
        line.ShouldNotContain("\n");
    }

    private static string? ValueIn(string content, string name = "NAME_OF_TEST")
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File(".env"), content);
        return EnvironmentFile.Over(folder.File(".env"))(name);
    }
}
