using SecureChat.UnitTests.Projections;
using SecureChat.Web.Security;
using SecureChat.Web.Start;

namespace SecureChat.UnitTests.Web;

public sealed class FounderKeyTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string KeyFile => folder.File("founder.key");

    [Theory]
    [InlineData("your_secret_founder_key_here")]
    [InlineData("YOUR_SECRET_FOUNDER_KEY_HERE")]
    [InlineData("elevenchars")]
    [InlineData("x")]
    public void A_key_that_can_be_guessed_stops_the_start_and_is_not_quoted(string key)
    {
        string line = Should.Throw<SettingException>(() => FounderKey.Establish(key, folder.Path)).Message;
        line.ShouldStartWith("FOUNDER_KEY");
        line.ShouldNotContain(key + " ");
        File.Exists(KeyFile).ShouldBeFalse();
    }

    [Fact]
    public void A_key_that_is_set_is_the_key_and_no_file_is_made()
    {
        FounderKey key = FounderKey.Establish("twelve chars", folder.Path);
        key.File.ShouldBeNull();
        key.Is("twelve chars").ShouldBeTrue();
        key.Is("twelve char").ShouldBeFalse();
        key.Is("").ShouldBeFalse();
        File.Exists(KeyFile).ShouldBeFalse();
    }

    [Fact]
    public void A_key_that_is_made_is_long_stands_in_the_folder_and_is_its_owners_alone()
    {
        FounderKey key = FounderKey.Establish(null, folder.Path);
        key.File.ShouldBe(KeyFile);
        string made = File.ReadAllText(KeyFile).TrimEnd();
        made.ShouldMatch("^[0-9a-f]{48}$");
        key.Is(made).ShouldBeTrue();
        Directory.EnumerateFiles(folder.Path).ShouldBe([KeyFile]);
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(KeyFile).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    [Fact]
    public void A_made_key_is_kept_over_starts_and_its_mode_tightened()
    {
        FounderKey.Establish(null, folder.Path);
        string made = File.ReadAllText(KeyFile).TrimEnd();
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(KeyFile, (UnixFileMode)0b110_100_100);
        }

        FounderKey.Establish(null, folder.Path).Is(made).ShouldBeTrue();
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(KeyFile).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("0123456789a\n")]
    [InlineData("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")]
    public void A_file_that_a_crash_left_half_written_is_made_anew(string content)
    {
        File.WriteAllText(KeyFile, content);
        FounderKey key = FounderKey.Establish(null, folder.Path);
        key.Is(content).ShouldBeFalse();
        key.Is(content.Trim()).ShouldBeFalse();
        key.Is(File.ReadAllText(KeyFile).TrimEnd()).ShouldBeTrue();
    }

    [Fact]
    public void What_a_crash_left_beside_it_is_no_obstacle()
    {
        File.WriteAllText(KeyFile + ".new", "0123");
        FounderKey.Establish(null, folder.Path);
        Directory.EnumerateFiles(folder.Path).ShouldBe([KeyFile]);
    }

    [Fact]
    public void A_key_that_was_used_is_deleted()
    {
        FounderKey.Establish(null, folder.Path);
        FounderKey.Forget(folder.Path);
        File.Exists(KeyFile).ShouldBeFalse();
        Should.NotThrow(() => FounderKey.Forget(folder.Path));
    }

    public void Dispose() => folder.Dispose();
}
