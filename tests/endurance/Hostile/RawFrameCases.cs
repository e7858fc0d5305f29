using static SecureChat.EnduranceTests.Hostile.ClientBytes;

namespace SecureChat.EnduranceTests.Hostile;

/// <summary>What is sent by hand, and what has to come back.</summary>
/// <param name="What">In words.</param>
/// <param name="Sent">The bytes. A frame with the JSON of a PING follows them, so that "PONG" says that the connection goes on.</param>
/// <param name="Expected">Every frame of the relay up to that PONG or the end, as <see cref="RawFrameTests"/> writes them down.</param>
internal sealed record RawCase(string What, byte[] Sent, string Expected)
{
    public bool BeforeLogin { get; init; }
}

/// <summary>RFC 6455, a line for each way to break it or to stay just within it. The relay of this table takes messages of 65,536 bytes.</summary>
internal static class RawFrameCases
{
    private const string Ping = """{"type":"PING"}""";
    private const string Open = "PONG";
    private const string Twice = "PONG, PONG";
    private const string NoJson = "ERROR invalid_json, PONG";
    private const string Violation = "close 1002";
    private const string NoText = "close 1007";
    private const string TooBig = "close 1009";
    private const string NotLoggedIn = "AUTH_FAILED Not authenticated, close 1008";

    private const int Text = 0x81;
    private const int Binary = 0x82;
    private const int FirstOfText = 0x01;
    private const int FirstOfBinary = 0x02;
    private const int Middle = 0x00;
    private const int Last = 0x80;

    private static readonly byte[] Half = Frame(FirstOfText, Ping[..7]);
    private static readonly byte[] OtherHalf = Frame(Last, Ping[7..]);

    public static IReadOnlyList<RawCase> All { get; } =
    [
        new("text with a mask", Frame(Text, Ping), Twice),
        new("text with a mask of zeros", Frame(Text, Ping.Select(letter => (byte)letter).ToArray(), [0, 0, 0, 0]), Twice),
        new("text with a mask of ones", Frame(Text, Ping.Select(letter => (byte)letter).ToArray(), [255, 255, 255, 255]), Twice),
        new("binary with the same JSON", Frame(Binary, Ping), Twice),
        new("text without a mask", Unmasked(Text, Ping), Violation),
        new("binary without a mask", Unmasked(Binary, Ping), Violation),
        new("nothing, without a mask", Unmasked(Text, ""), Violation),
        new("a ping without a mask", Unmasked(0x89, "x"), Violation),
        new("a pong without a mask", Unmasked(0x8A, ""), Violation),
        new("a close without a mask", Unmasked(0x88, ""), Violation),
        new("a continuation without a mask", [.. Half, .. Unmasked(Last, Ping[7..])], Violation),

        new("the first reserved bit, that of compression", Frame(0xC1, Ping), Violation),
        new("the second reserved bit", Frame(0xA1, Ping), Violation),
        new("the third reserved bit", Frame(0x91, Ping), Violation),
        new("all reserved bits", Frame(0xF1, Ping), Violation),
        new("a reserved bit in binary", Frame(0xC2, Ping), Violation),
        new("a reserved bit in a ping", Frame(0xC9, ""), Violation),
        new("a reserved bit in a pong", Frame(0x9A, ""), Violation),
        new("a reserved bit in a close", Frame(0xC8, ""), Violation),
        new("a reserved bit in a continuation", [.. Half, .. Frame(0xC0, Ping[7..])], Violation),
        .. Enumerable.Range(3, 5).Select(opcode => new RawCase($"data opcode {opcode}, which is reserved", Frame(0x80 | opcode, Ping), Violation)),
        .. Enumerable.Range(11, 5).Select(opcode => new RawCase($"control opcode {opcode}, which is reserved", Frame(0x80 | opcode, ""), Violation)),

        new("a ping", Frame(0x89, "hello"), "pong hello, PONG"),
        new("an empty ping", Frame(0x89, ""), "pong , PONG"),
        new("a ping of 125 bytes", Frame(0x89, new string('p', 125)), $"pong {new string('p', 125)}, PONG"),
        new("three pings at once", [.. Frame(0x89, "1"), .. Frame(0x89, "2"), .. Frame(0x89, "3")], "pong 1, pong 2, pong 3, PONG"),
        new("a pong that nobody asked for", Frame(0x8A, "hello"), Open),
        new("a ping of 126 bytes", In16Bits(0x89, 126), Violation),
        new("a pong of 126 bytes", In16Bits(0x8A, 126), Violation),
        new("a close of 126 bytes", In16Bits(0x88, 126), Violation),
        new("a short ping with its length in 16 bits", In16Bits(0x89, 5), Violation),
        new("a ping of 2^32 bytes", In64Bits(0x89, 1UL << 32), Violation),
        new("a ping in fragments", Frame(0x09, "x"), Violation),
        new("a pong in fragments", Frame(0x0A, "x"), Violation),
        new("a close in fragments", Frame(0x08, ""), Violation),

        new("125 bytes", Frame(Text, Ping + new string(' ', 110)), Twice),
        new("126 bytes", Frame(Text, Ping + new string(' ', 111)), Twice),
        new("65,535 bytes", Frame(Text, Ping + new string(' ', 65_520)), Twice),
        new("65,536 bytes, the limit of this relay", Frame(Text, Ping + new string(' ', 65_521)), Twice),
        new("65,537 bytes", Frame(Text, Ping + new string(' ', 65_522)), TooBig),
        .. new[] { 0, 1, 125 }.Select(length => new RawCase($"a length of {length} in 16 bits", In16Bits(Text, length), Violation)),
        .. new[] { 0, 125, 126, 65_535 }.Select(length => new RawCase($"a length of {length} in 64 bits", In64Bits(Text, (ulong)length, length), Violation)),
        new("a claim of 65,537 bytes", In64Bits(Text, 65_537), TooBig),
        new("a claim of 2^31 bytes", In64Bits(Text, 1UL << 31), TooBig),
        new("a claim of 2^32 bytes and one", In64Bits(Binary, (1UL << 32) + 1), TooBig),
        new("a claim of 2^62 bytes", In64Bits(Text, 1UL << 62), TooBig),
        new("a claim of 2^63 bytes less one", In64Bits(Text, long.MaxValue), TooBig),
        new("a claim of 2^63 bytes", In64Bits(Text, 1UL << 63), Violation),
        new("a claim of 2^64 bytes less one", In64Bits(Text, ulong.MaxValue), Violation),
        new("a claim of 2^62 bytes in a continuation", [.. Half, .. In64Bits(Last, 1UL << 62)], TooBig),

        new("a message in two fragments", [.. Half, .. OtherHalf], Twice),
        new("a binary message in two fragments", [.. Frame(FirstOfBinary, Ping[..7]), .. OtherHalf], Twice),
        new("a fragment for each letter", [.. Frame(FirstOfText, ""), .. Ping.SelectMany(letter => Frame(Middle, $"{letter}")), .. Frame(Last, "")], Twice),
        new("a ping between fragments", [.. Half, .. Frame(0x89, "x"), .. OtherHalf], "pong x, PONG, PONG"),
        new("a pong between fragments", [.. Half, .. Frame(0x8A, "x"), .. OtherHalf], Twice),
        new("a close between fragments", [.. Half, .. Close(1000), .. OtherHalf], "close 1000"),
        new("the last of nothing", Frame(Last, Ping), Violation),
        new("the middle of nothing", Frame(Middle, Ping), Violation),
        new("a last fragment after the last", [.. Half, .. OtherHalf, .. OtherHalf], "PONG, close 1002"),
        new("a new text within a message", [.. Half, .. Frame(Text, Ping)], Violation),
        new("a new binary message within a text", [.. Half, .. Frame(Binary, Ping)], Violation),
        new("a new first fragment within a message", [.. Half, .. Half], Violation),
        new("1,024 fragments", [.. Half, .. Enumerable.Repeat(Frame(Middle, ""), 1022).SelectMany(one => one), .. OtherHalf], Twice),
        new("1,025 fragments", [.. Half, .. Enumerable.Repeat(Frame(Middle, ""), 1023).SelectMany(one => one), .. OtherHalf], TooBig),
        new("1,024 fragments and as many pings between", [.. Half, .. Enumerable.Repeat<byte[]>([.. Frame(Middle, ""), .. Frame(0x8A, "")], 1022).SelectMany(one => one), .. OtherHalf], Twice),
        new("fragments of 65,536 bytes together", [.. Half, .. Frame(Middle, new string(' ', 65_521)), .. OtherHalf], Twice),
        new("fragments of 65,537 bytes together", [.. Half, .. Frame(Middle, new string(' ', 65_522)), .. OtherHalf], TooBig),

        new("text of every length in UTF-8", Frame(Text, """{"type":"PING","x":"aé€😀"}"""), Twice),
        new("a letter that is cut in two by fragments", Split("""{"type":"PING","x":"é"}""", 21), Twice),
        new("an emoji that is cut in two by fragments", Split("""{"type":"PING","x":"😀"}""", 22), Twice),
        new("characters that are none, but UTF-8", Frame(Text, "{\"type\":\"PING\",\"x\":\"\uFFFE\uFFFF\"}"), Twice),
        .. new (string What, byte[] Bytes)[]
        {
            ("a byte FF", [0xFF]), ("a continuation byte alone", [0x80]), ("a character without its end", [0xE2, 0x82]), ("a slash in two bytes", [0xC0, 0xAF]),
            ("a slash in three bytes", [0xE0, 0x80, 0xAF]), ("a surrogate", [0xED, 0xA0, 0x80]), ("a pair of surrogates", [0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80]),
            ("beyond U+10FFFF", [0xF4, 0x90, 0x80, 0x80]), ("five bytes", [0xF8, 0x88, 0x80, 0x80, 0x80]),
        }.SelectMany(bad => new[]
        {
            new RawCase($"{bad.What} in text", Frame(Text, [(byte)'"', .. bad.Bytes, (byte)'"']), NoText),
            new RawCase($"{bad.What} in binary", Frame(Binary, [(byte)'"', .. bad.Bytes, (byte)'"']), NoJson),
        }),
        new("UTF-8 that goes bad in the second fragment", [.. Frame(FirstOfText, [(byte)'"', 0xC3]), .. Frame(Last, "\"")], NoText),
        new("an empty text", Frame(Text, ""), NoJson),
        new("an empty binary message", Frame(Binary, ""), NoJson),
        new("a byte order mark", Frame(Text, "\uFEFF" + Ping), NoJson),
        new("NUL", Frame(Text, "\0"), NoJson),

        new("a close without a code", Frame(0x88, ""), "close"),
        new("half a close code", Frame(0x88, [3]), Violation),
        .. new[] { 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999 }
            .Select(code => new RawCase($"close code {code}", Close(code), $"close {code}")),
        .. new[] { 0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535 }
            .Select(code => new RawCase($"close code {code}, which nobody may send", Close(code), Violation)),
        new("a close with the longest reason", Close(1000, new string('r', 123)), "close 1000"),
        new("a close with a reason that is no UTF-8", Frame(0x88, [0x03, 0xE8, 0xFF]), NoText),
        new("a close with half a character at its end", Frame(0x88, [0x03, 0xE8, 0xE2, 0x82]), NoText),
        new("a message behind a close", [.. Close(1000), .. Frame(Text, Ping)], "close 1000"),
        new("two closes", [.. Close(1001), .. Close(1002)], "close 1001"),

        new("a frame that is no AUTH", [], NotLoggedIn) { BeforeLogin = true },
        new("a ping before AUTH", Frame(0x89, "x"), $"pong x, {NotLoggedIn}") { BeforeLogin = true },
        new("a pong before AUTH", Frame(0x8A, "x"), NotLoggedIn) { BeforeLogin = true },
        new("a close before AUTH", Close(1000), "close 1000") { BeforeLogin = true },
        new("no mask before AUTH", Unmasked(Text, Ping), Violation) { BeforeLogin = true },
        new("bad UTF-8 before AUTH", Frame(Text, [0xFF]), "AUTH_FAILED Not authenticated, close 1007") { BeforeLogin = true },
        new("bad UTF-8 in binary before AUTH", Frame(Binary, [0xFF]), NotLoggedIn) { BeforeLogin = true },
        new("8,192 bytes before AUTH", Frame(Text, Blanks(8_192)), NotLoggedIn) { BeforeLogin = true },
        new("8,193 bytes before AUTH", Frame(Text, Blanks(8_193)), NotLoggedIn) { BeforeLogin = true },
        new("a claim of 2^62 bytes before AUTH", In64Bits(Text, 1UL << 62), NotLoggedIn) { BeforeLogin = true },
        new("1,025 fragments before AUTH", [.. Half, .. Enumerable.Repeat(Frame(Middle, ""), 1024).SelectMany(one => one)], NotLoggedIn) { BeforeLogin = true },
    ];

    // In two fragments, of which the first has this many bytes.
    private static byte[] Split(string text, int at)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        return [.. Frame(FirstOfText, bytes.AsSpan(0, at)), .. Frame(Last, bytes.AsSpan(at))];
    }
}
