using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace SecureChat.Ledger.Storage;

/// <summary>How everything that is hashed is written: no blanks, UTF-8.</summary>
internal static class CanonicalJson
{
    // The default encoder turns "+" of base64 into six bytes. This one still escapes what lies outside the Basic Multilingual Plane
    // and a few others: allowed, for nobody writes an addendum a second time, and entries hold ASCII.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Whoever replays a ledger writes its less frequent entries again, to compare: each thread keeps its writer.
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? writer;

    /// <summary>An object of these properties, in bytes that are the caller's.</summary>
    public static byte[] Write<T>(T state, Action<Utf8JsonWriter, T> properties) => Written(state, properties).ToArray();

    /// <summary>The same in bytes that are valid until the thread writes again.</summary>
    public static ReadOnlySpan<byte> Written<T>(T state, Action<Utf8JsonWriter, T> properties)
    {
        buffer ??= new ArrayBufferWriter<byte>(1024);
        writer ??= new Utf8JsonWriter(buffer, Options);
        buffer.ResetWrittenCount();
        writer.Reset();
        writer.WriteStartObject();
        properties(writer, state);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan;
    }
}
