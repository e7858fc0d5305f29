using System.Globalization;

namespace SecureChat.Bench.Load;

/// <summary>The command line of a comparison.</summary>
internal static class LoadArguments
{
    /// <summary>What is to be run, or null when the arguments make no sense.</summary>
    public static LoadCommand? Read(string[] args)
    {
        List<ServerToCompare> servers = [];
        LoadOptions options = new();
        for (int index = 0; index < args.Length; index++)
        {
            string? value = index + 1 < args.Length ? args[index + 1] : null;
            switch (args[index])
            {
                case "--quick":
                    options = options with { Share = 0.1 };
                    continue;
                case "--large":
                    options = options with { Large = true };
                    continue;
                case "--server" when value?.Split('=', 2) is [{ Length: > 0 } name, { Length: > 0 } command]:
                    servers.Add(new ServerToCompare(name, command));
                    break;
                case "--node" when value is not null:
                    servers.Add(new ServerToCompare("node", "node src/index.js", Path.GetFullPath(value)));
                    break;
                case "--only" when value is not null && Array.TrueForAll(value.Split(','), LoadCommand.Names.Contains):
                    options = options with { Only = value.Split(',') };
                    break;
                case "--rounds" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int rounds) && rounds > 0:
                    options = options with { Rounds = rounds };
                    break;
                case "--seconds" when double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) && seconds > 0:
                    options = options with { Share = seconds / 3 };
                    break;
                case "--profile" when value is not null:
                    options = options with { Profile = Directory.CreateDirectory(value).FullName };
                    break;
                case "--folder" when value is not null:
                    options = options with { Folder = value };
                    break;
                default:
                    return null;
            }

            index++;
        }

        return servers.Count > 0 && servers.DistinctBy(server => server.Name).Count() == servers.Count ? new LoadCommand(servers, options) : null;
    }
}
