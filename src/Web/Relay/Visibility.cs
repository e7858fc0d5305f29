using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("SecureChat.UnitTests")]
