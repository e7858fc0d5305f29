using SecureChat.Ledger.Storage;
using SecureChat.Web;
using SecureChat.Web.Start;

// Exit codes: 0 stopped as asked, 1 the start was refused (or --health: not healthy), 2 a setting makes no sense, 3 it could not go on.
try
{
    Seclusion.Begin();
    Settings settings = Settings.Read(EnvironmentFile.Over(".env"));
    if (args is ["--health"])
    {
        return await HealthCheck.RunAsync(settings);
    }

    if (args.Length > 0)
    {
        throw new SettingException("The relay takes no arguments but --health; settings are environment variables or lines in .env.");
    }

    await using RelayHost relay = await RelayHost.OpenAsync(settings, TimeProvider.System);
    return await relay.RunAsync() ? 0 : 3;
}
catch (SettingException wrong)
{
    return Refuse(wrong.Message, 2);
}
catch (Exception refused) when (refused is DataFolderException or LedgerDamagedException or UnauthorizedAccessException or IOException)
{
    return Refuse(refused.Message, 1);
}

static int Refuse(string line, int exitCode)
{
    Console.Error.WriteLine($"The relay did not start: {line.ReplaceLineEndings(" ")}");
    return exitCode;
}
