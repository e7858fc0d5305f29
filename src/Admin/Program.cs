using System.ComponentModel;
using System.Diagnostics;
using SecureChat.Admin;

// A relay may run on the same machine, and its members wait for it: this program gives way to it. Whatever it starts from here on
// inherits that; where it may not be set, nothing is lost but manners.
try
{
    using Process self = Process.GetCurrentProcess();
    self.PriorityClass = ProcessPriorityClass.Idle;
}
catch (Exception refused) when (refused is Win32Exception or NotSupportedException or InvalidOperationException)
{
}

// One page: the terminal as it is, and the commands. Exit codes: see ExitCode.
return await AdminProgram.RunAsync(args, Terminal.OfProcess(TimeProvider.System));
