using System.Runtime.InteropServices;

namespace SecureChat.Bench.Load;

/// <summary>What the generator and its meters ask Linux for directly: sockets without a thread pool, and another process's processor time.</summary>
internal static unsafe partial class Libc
{
    public const int Readable = 1;
    public const int Writable = 4;
    public const int TryAgain = 11;
    public const int Interrupted = 4;

    // The kernel packs the structure on x86-64 and on nothing else.
    public static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    public static readonly int EventData = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    private const string Library = "libc";
    private const int NoSignal = 0x4000;
    private const int Add = 1;
    private const int Remove = 2;
    private const int Modify = 3;

    public static int Receive(int socket, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            return (int)Receive(socket, start, buffer.Length, 0);
        }
    }

    public static int Send(int socket, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            return (int)Send(socket, start, bytes.Length, NoSignal);
        }
    }

    public static int MakeEpoll() => Checked(EpollCreate(0));

    public static void Watch(int epoll, int socket, int data, int events, bool known)
    {
        byte* description = stackalloc byte[16];
        *(int*)description = events;
        *(int*)(description + EventData) = data;
        Checked(EpollControl(epoll, known ? Modify : Add, socket, description));
    }

    public static void Forget(int epoll, int socket)
    {
        byte* description = stackalloc byte[16];
        _ = EpollControl(epoll, Remove, socket, description);
    }

    public static int Wait(int epoll, byte[] events, int milliseconds)
    {
        fixed (byte* start = events)
        {
            int count = EpollWait(epoll, start, events.Length / EventSize, milliseconds);
            return count >= 0 || Marshal.GetLastPInvokeError() == Interrupted ? Math.Max(count, 0) : Checked(count);
        }
    }

    public static void Close(int descriptor) => _ = CloseDescriptor(descriptor);

    /// <summary>Processor time that a process has had, user and system, of all its threads, of those that ended too; in nanoseconds.</summary>
    public static long ProcessorTime(int process)
    {
        // The clock of another process, as clock_getcpuclockid(3) makes its number.
        const int scheduled = 2;
        long* time = stackalloc long[2];
        Checked(ClockGetTime((~process << 3) | scheduled, time));
        return (time[0] * 1_000_000_000) + time[1];
    }

    public static void Terminate(int process) => _ = Kill(process, 15);

    public static int Interrupt(int process) => Kill(process, 2);

    private static int Checked(int result) =>
        result >= 0 ? result : throw new IOException($"The system said error {Marshal.GetLastPInvokeError()}.");

    [LibraryImport(Library, EntryPoint = "recv", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Receive(int socket, byte* buffer, nint length, int flags);

    [LibraryImport(Library, EntryPoint = "send", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Send(int socket, byte* buffer, nint length, int flags);

    [LibraryImport(Library, EntryPoint = "epoll_create1", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int EpollCreate(int flags);

    [LibraryImport(Library, EntryPoint = "epoll_ctl", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int EpollControl(int epoll, int operation, int socket, byte* description);

    [LibraryImport(Library, EntryPoint = "epoll_wait", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int EpollWait(int epoll, byte* events, int count, int milliseconds);

    [LibraryImport(Library, EntryPoint = "close", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int CloseDescriptor(int descriptor);

    [LibraryImport(Library, EntryPoint = "clock_gettime", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ClockGetTime(int clock, long* time);

    [LibraryImport(Library, EntryPoint = "kill", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);
}
