using System.CommandLine;
using System.Globalization;
using System.Text;
using SecureChat.Admin.History;
using SecureChat.Admin.Sources;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;
using SecureChat.Ledger.Verification;

namespace SecureChat.Admin.Commands;

/// <summary><c>proof MEMBER|ENTRY -o FILE [PATH]</c>: a proof that an entry stands in the ledger, which anybody can check without it.</summary>
internal static class ProofCommand
{
    public static Command Build(Terminal terminal)
    {
        ReadingOptions reading = new();
        Argument<string> which = new("MEMBER|ENTRY") { Description = "The entry's number; or whose admission: an id or a name." };
        Option<string> output = new("-o", "--output") { HelpName = "FILE", Description = "Where to write it (C2SP tlog-proof).", Required = true };
        Command command = new("proof", "Writes a proof that an entry, or a member's admission, stands in the ledger.") { which, output };
        reading.AddTo(command);
        command.SetAction(line =>
        {
            string file = line.GetRequiredValue(output);
            if (Path.Exists(file))
            {
                throw CommandRefusedException.Usage($"{file} is there already.");
            }

            (long entry, string sentence, byte[] proof) = ReadableLog.Read(reading.Ledger(line), log => Make(terminal, log, reading.When(line), line.GetRequiredValue(which)));
            using (FileStream written = OwnerOnly.CreateFile(file))
            {
                written.Write(proof);
            }

            if (reading.IsJson(line))
            {
                terminal.Json(json =>
                {
                    json.WriteNumber("entry", entry);
                    json.WriteString("sentence", sentence);
                    json.WriteString("file", file);
                });
            }
            else
            {
                terminal.Headline(string.Create(CultureInfo.InvariantCulture, $"{file} proves that entry {entry} stands in the ledger: {sentence}"), good: true);
            }

            return ExitCode.Fine;
        });
        return command;
    }

    private static (long Entry, string Sentence, byte[] Proof) Make(Terminal terminal, ReadableLog log, WhenToVerify when, string which)
    {
        Reading read = Reading.Of(log, when, terminal);
        long entry = long.TryParse(which, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? new Moment(number, 0).SizeIn(read.Chronicle) - 1
            : PersonSearch.Member(read.Chronicle, which).Handle;
        byte[] proof = log.Inclusion(entry);
        Hash leaf = MerkleHashing.Leaf(log.Source.Entries(read.Head.Size).ElementAt((int)entry).Bytes.Span);
        bool isProof = ProofFile.Parse(proof).TryGet(out ProofFile? parsed, out _)
            && SignedNote.Parse(Encoding.UTF8.GetBytes(parsed.Checkpoint)).TryGet(out SignedNote? note, out _)
            && Checkpoint.Parse(note.Text).TryGet(out Checkpoint? head, out _)
            && parsed.Index == entry
            && parsed.Proves(leaf, head);
        return isProof
            ? (entry, Sentences.Of(read.Chronicle, read.Chronicle.Happenings[(int)entry]), proof)
            : throw new LogDamagedException(string.Create(CultureInfo.InvariantCulture, $"The proof of entry {entry} does not lead to the checkpoint: the tree is damaged."), entry);
    }
}
