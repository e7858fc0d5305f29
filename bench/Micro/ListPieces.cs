using System.Text.Json;
using BenchmarkDotNet.Attributes;
using SecureChat.Web.Api;

namespace SecureChat.Bench.Micro;

/// <summary>The member list of fifty as JSON, by generated code: what is done when it has changed.</summary>
public class ListPieces
{
    private readonly MembersBody body = new([.. Enumerable.Range(0, 50).Select(number => new MemberBody(
        $"00000000-0000-4000-9000-{number:d12}", $"Member {number}", new string('k', 451), new string('c', 44), 1_790_000_000_000, Online: true))]);

    [Benchmark]
    public byte[] SerializeMembers() => JsonSerializer.SerializeToUtf8Bytes(body, AnswerJson.Default.MembersBody);
}
