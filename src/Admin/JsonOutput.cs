using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace SecureChat.Admin;

/// <summary>Answers for programs: one JSON document on standard output, in which nothing can steer a terminal either.</summary>
internal static class JsonOutput
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes one object.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="properties">Writes what is in it.</param>
    public static void Json(this Terminal terminal, Action<Utf8JsonWriter> properties)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, Indented))
        {
            json.WriteStartObject();
            properties(json);
            json.WriteEndObject();
        }

        terminal.Output.WriteLine(Escaped(Encoding.UTF8.GetString(buffer.WrittenSpan)));
    }

    /// <summary>Writes an array, an object for each item.</summary>
    public static void WriteObjects<T>(this Utf8JsonWriter json, string name, IEnumerable<T> items, Action<T> properties)
    {
        json.WriteStartArray(name);
        foreach (T item in items)
        {
            json.WriteStartObject();
            properties(item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Writes an array of texts.</summary>
    public static void WriteTexts(this Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    /// <summary>Writes a number, or null.</summary>
    public static void WriteNumberOrNull(this Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } value)
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    // Line ends between values are the writer's own; inside of strings it has escaped them.
    private static string Escaped(string json)
    {
        if (Terminal.IsPlain(json.Replace('\n', ' ')))
        {
            return json;
        }

        StringBuilder text = new(json.Length);
        foreach (char letter in json)
        {
            _ = letter != '\n' && Terminal.IsSteering(letter)
                ? text.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}")
                : text.Append(letter);
        }

        return text.ToString();
    }
}
