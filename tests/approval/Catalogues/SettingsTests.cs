using System.Globalization;
using SecureChat.Web.Start;

namespace SecureChat.ApprovalTests.Catalogues;

/// <summary>What an operator can set.</summary>
public sealed class SettingsTests
{
    [Fact]
    public void Every_setting()
    {
        TextTable table = new("setting", "default", "range", "meaning");
        foreach (Setting setting in SettingCatalogue.All)
        {
            table.Add(setting.Name, setting.Default ?? "", Range(setting), setting.Meaning);
        }

        Approve.Text(table.ToString());
    }

    [Fact]
    public void The_readme_has_the_same_names_defaults_ranges_and_meanings() =>
        MarkdownTable.Rows(RepositoryFolder.Read("README.md"), "setting", "default", "range", "what it does")
            .Select(row => string.Join(" | ", row))
            .ShouldBe(SettingCatalogue.All.Select(setting =>
                $"`{setting.Name}` | {(setting.Default is { } value ? $"`{value}`" : "")} | {Range(setting)} | {setting.Meaning}"));

    [Fact]
    public void The_example_file_names_each_setting_with_its_default_and_no_other() =>
        RepositoryFolder.Read(".env.example").Split('\n')
            .Where(line => line.StartsWith('#') && line.Contains('=', StringComparison.Ordinal) && !line.StartsWith("# ", StringComparison.Ordinal))
            .Except(["#DOMAIN=chat.example.org"])
            .ShouldBe(SettingCatalogue.All.Select(setting => $"#{setting.Name}={setting.Default}"), ignoreOrder: true);

    private static string Range(Setting setting) =>
        setting.Least is { } least ? string.Create(CultureInfo.InvariantCulture, $"{least} to {setting.Most}") : "";
}
