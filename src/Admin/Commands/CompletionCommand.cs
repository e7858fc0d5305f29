using System.CommandLine;
using System.CommandLine.Completions;
using System.Globalization;
using System.Text;

namespace SecureChat.Admin.Commands;

/// <summary>
/// <c>completion bash|zsh|fish</c>: a script that completes commands, options and their words, and files everywhere else. It is made of
/// the commands themselves and holds all of them, so that no key press starts a program.
/// </summary>
internal static class CompletionCommand
{
    private const string Program = "securechat-admin";
    private static readonly string[] Shells = ["bash", "zsh", "fish"];

    public static Command Build(Terminal terminal, RootCommand root)
    {
        Argument<string> shell = new("SHELL") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong(Shells);
        Command command = new("completion", "Prints a script with which a shell completes the words of this program.") { shell };
        command.SetAction(line =>
        {
            terminal.Output.Write(line.GetRequiredValue(shell) switch
            {
                "bash" => Bash(root),
                "zsh" => Zsh(root),
                _ => Fish(root),
            });
            return ExitCode.Fine;
        });
        return command;
    }

    private static string Bash(RootCommand root)
    {
        StringBuilder script = new();
        script.Append(CultureInfo.InvariantCulture, $"# {Program}: source <({Program} completion bash)\n_securechat_admin() {{\n");
        script.Append("    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command= index\n");
        script.Append("    for ((index = 1; index < COMP_CWORD; index++)); do\n");
        script.Append("        case ${COMP_WORDS[index]} in -*) ;; *) command=${COMP_WORDS[index]}; break ;; esac\n    done\n");
        script.Append("    case $command:$before in\n");
        foreach ((Command command, Option option, string[] words) in Choices(root))
        {
            string patterns = string.Join('|', Names(option).Select(name => $"{command.Name}:{name}"));
            script.Append(CultureInfo.InvariantCulture, $"        {patterns}) COMPREPLY=($(compgen -W '{string.Join(' ', words)}' -- \"$word\")); return ;;\n");
        }

        script.Append("    esac\n    case $command in\n");
        script.Append(CultureInfo.InvariantCulture, $"        '') COMPREPLY=($(compgen -W '{string.Join(' ', Words(root))}' -- \"$word\")) ;;\n");
        foreach (Command command in root.Subcommands)
        {
            string[] arguments = ArgumentWords(command);
            string otherwise = arguments.Length > 0 ? $"COMPREPLY=($(compgen -W '{string.Join(' ', arguments)}' -- \"$word\"))" : "COMPREPLY=()";
            script.Append(CultureInfo.InvariantCulture, $"        {command.Name}) if [[ $word == -* ]]; then COMPREPLY=($(compgen -W '{string.Join(' ', OptionNames(command))}' -- \"$word\")); else {otherwise}; fi ;;\n");
        }

        return script.Append(CultureInfo.InvariantCulture, $"    esac\n}}\ncomplete -o default -F _securechat_admin {Program}\n").ToString();
    }

    private static string Zsh(RootCommand root)
    {
        StringBuilder script = new();
        script.Append(CultureInfo.InvariantCulture, $"#compdef {Program}\n_securechat_admin() {{\n    local -a commands\n    commands=(\n");
        foreach (Command command in root.Subcommands)
        {
            script.Append(CultureInfo.InvariantCulture, $"        {Quoted($"{command.Name}:{command.Description}")}\n");
        }

        script.Append("    )\n    if (( CURRENT == 2 )); then _describe command commands; return; fi\n    case $words[2]:$words[CURRENT-1] in\n");
        foreach ((Command command, Option option, string[] words) in Choices(root))
        {
            script.Append(CultureInfo.InvariantCulture, $"        {string.Join('|', Names(option).Select(name => $"{command.Name}:{name}"))}) compadd -- {string.Join(' ', words)}; return ;;\n");
        }

        script.Append("    esac\n    local -a options\n    case $words[2] in\n");
        foreach (Command command in root.Subcommands)
        {
            script.Append(CultureInfo.InvariantCulture, $"        {command.Name}) options=({string.Join(' ', OptionNames(command).Concat(ArgumentWords(command)))}) ;;\n");
        }

        return script.Append("    esac\n    compadd -- $options\n    [[ $PREFIX == -* ]] || _files\n}\n"
            + $"if [[ $funcstack[1] == _securechat-admin ]]; then _securechat_admin \"$@\"; else compdef _securechat_admin {Program}; fi\n").ToString();
    }

    private static string Fish(RootCommand root)
    {
        StringBuilder script = new();
        foreach (Command command in root.Subcommands)
        {
            script.Append(CultureInfo.InvariantCulture, $"complete -c {Program} -n __fish_use_subcommand -f -a {command.Name} -d {Quoted(command.Description ?? "")}\n");
            string seen = $"-n '__fish_seen_subcommand_from {command.Name}'";
            foreach (Option option in Options(command))
            {
                string names = string.Concat(Names(option).Select(name => name.StartsWith("--", StringComparison.Ordinal) ? $" -l {name[2..]}" : $" -s {name[1..]}"));
                string[] words = OptionWords(option);
                string value = words.Length > 0 ? $" -x -a {Quoted(string.Join(' ', words))}" : option.Arity.MaximumNumberOfValues > 0 && option.ValueType != typeof(bool) ? " -r" : "";
                script.Append(CultureInfo.InvariantCulture, $"complete -c {Program} {seen}{names}{value} -d {Quoted(option.Description ?? "")}\n");
            }

            if (ArgumentWords(command) is { Length: > 0 } arguments)
            {
                script.Append(CultureInfo.InvariantCulture, $"complete -c {Program} {seen} -f -a {Quoted(string.Join(' ', arguments))}\n");
            }
        }

        return script.ToString();
    }

    private static IEnumerable<(Command Command, Option Option, string[] Words)> Choices(RootCommand root) =>
        from command in root.Subcommands
        from option in Options(command)
        let words = OptionWords(option)
        where words.Length > 0
        select (command, option, words);

    private static IEnumerable<string> Words(RootCommand root) => root.Subcommands.Select(command => command.Name).Concat(OptionNames(root));

    private static IEnumerable<Option> Options(Command command) => command.Options.Where(option => !option.Hidden);

    private static IEnumerable<string> OptionNames(Command command) => Options(command).SelectMany(Names).Where(name => name.Length > 2).Append("--help").Distinct();

    private static IEnumerable<string> Names(Option option) => option.Aliases.Prepend(option.Name).Where(name => name.StartsWith('-')).Distinct();

    private static string[] OptionWords(Option option) =>
        option.ValueType == typeof(bool) ? [] : [.. option.GetCompletions(CompletionContext.Empty).Select(item => item.Label)];

    private static string[] ArgumentWords(Command command) =>
        [.. command.Arguments.SelectMany(argument => argument.GetCompletions(CompletionContext.Empty)).Select(item => item.Label)];

    private static string Quoted(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
