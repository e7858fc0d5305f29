using SecureChat.Ledger.Circle;
using SecureChat.Projections;
namespace SecureChat.Web.Relay;
#pragma warning disable
public sealed record RelayLimits { public int MaxMessageBytes, MaxOutboxBytes, MaxConnections, MaxConnectionsPerAddress; public TimeSpan PingAfter; }
public sealed record SocketLogin(RosterMember? Member, string? Reason) { public static SocketLogin Of(RosterMember m)=>new(m,null); public static SocketLogin Refused(string r)=>new(null,r);}
public delegate SocketLogin Authenticate(string memberId, string signature, string timestampDigits);
public delegate Task<Refusal?> CastVote(string memberId, string requestId, bool approve);
public sealed class Hub(Func<Roster> roster, Authenticate authenticate, CastVote vote, RelayLimits limits, TimeProvider clock)
{
  public Task ServeAsync(HttpContext context, string clientAddress)=>Task.CompletedTask;
  public bool IsOnline(RosterMember member)=>false;
  public void Announce(IReadOnlyList<RecordedEvent> events, Roster before, Roster after){}
  public Task StopAsync()=>Task.CompletedTask;
}
