using System.Reflection;
using Microsoft.Extensions.Logging;
using SecureChat.Web.Start;

namespace SecureChat.ApprovalTests.Catalogues;

/// <summary>What an operator can find in the log.</summary>
public sealed class LogLinesTests
{
    private static readonly IReadOnlyList<LoggerMessageAttribute> All =
    [
        .. typeof(SettingCatalogue).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>())
            .OfType<LoggerMessageAttribute>()
            .OrderBy(line => line.EventId),
    ];

    [Fact]
    public void Every_log_line()
    {
        TextTable table = new("id", "level", "line");
        foreach (LoggerMessageAttribute line in All)
        {
            table.Add(line.EventId.ToString(), line.Level.ToString(), line.Message);
        }

        Approve.Text(table.ToString());
    }

    [Fact]
    public void The_operating_page_lists_each_of_them() =>
        MarkdownTable.Rows(RepositoryFolder.Read("docs/operating.md"), "level", "line")
            .Select(row => (row[0], row[1]))
            .ShouldBe(All.Select(line => (line.Level.ToString(), $"`{line.Message}`")));
}
