using System.CommandLine;
using System.Text;
using SecureChat.Admin.Sources;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Admin.Commands;

/// <summary><c>checkpoint [PATH]</c>: the newest signed head, as it is, to be kept and shown to others.</summary>
internal static class CheckpointCommand
{
    public static Command Build(Terminal terminal)
    {
        ReadingOptions reading = new();
        Command command = new("checkpoint", "Prints the newest signed head. Keep it: verify --against shows later that nothing was taken back.");
        reading.AddTo(command, verifies: false);
        command.SetAction(line =>
        {
            (Checkpoint head, SignedNote note) = ReadableLog.Read(reading.Ledger(line), log => log.Head());
            string text = Encoding.UTF8.GetString(note.Format());
            if (reading.IsJson(line))
            {
                terminal.Json(json =>
                {
                    json.WriteString("origin", head.Origin);
                    json.WriteNumber("size", head.Size);
                    json.WriteString("root", head.Root.ToBase64());
                    json.WriteString("note", text);
                });
            }
            else if (terminal.IsTerminal)
            {
                terminal.Lines(text.TrimEnd('\n').Split('\n'));
            }
            else
            {
                // To the byte: it is signed.
                terminal.Output.Write(text);
            }

            return ExitCode.Fine;
        });
        return command;
    }
}
