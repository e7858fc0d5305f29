using System.Net;
using System.Net.Sockets;

namespace SecureChat.Web.Security;

/// <summary>
/// Whom an address stands for: the connection's, or what trusted proxies say of it. Kept nowhere but in the address guard.
/// </summary>
internal static class ClientAddress
{
    private const int Ipv6NetworkBytes = 8;

    /// <summary>IPv4 as it is (also when it comes mapped into IPv6), IPv6 by its /64, which is what one home or phone gets.</summary>
    /// <param name="context">After the forwarding headers were looked at.</param>
    public static string Of(HttpContext context) => Canonical(context.Connection.RemoteIpAddress ?? IPAddress.None);

    /// <summary>The canonical text of an address.</summary>
    /// <param name="address">Any address.</param>
    public static string Canonical(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            return address.ToString();
        }

        byte[] bytes = address.GetAddressBytes();
        bytes.AsSpan(Ipv6NetworkBytes).Clear();
        return $"{new IPAddress(bytes)}/64";
    }
}
