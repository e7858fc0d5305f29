using System.Net;
using SecureChat.Web.Security;

namespace SecureChat.UnitTests.Web;

public class ClientAddressTests
{
    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7")]
    [InlineData("::ffff:203.0.113.7", "203.0.113.7")]
    [InlineData("::ffff:cb00:7107", "203.0.113.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("2001:DB8:1:2::", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64")]
    [InlineData("fe80::1%1", "fe80::/64")]
    [InlineData("::1", "::/64")]
    public void An_address_has_one_text(string address, string text) =>
        ClientAddress.Canonical(IPAddress.Parse(address)).ShouldBe(text);

    [Fact]
    public void Two_networks_are_two_addresses() =>
        ClientAddress.Canonical(IPAddress.Parse("2001:db8:1:2::1")).ShouldNotBe(ClientAddress.Canonical(IPAddress.Parse("2001:db8:1:3::1")));
}
