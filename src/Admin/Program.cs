using SecureChat.Admin;

// One page: the terminal as it is, and the commands. Exit codes: see ExitCode.
return await AdminProgram.RunAsync(args, Terminal.OfProcess(TimeProvider.System));
