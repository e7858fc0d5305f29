using System.Text.Json;

namespace SecureChat.SystemTests.Harness;

/// <summary>What is said about JSON objects on the wire: documented objects have exactly the documented fields.</summary>
public static class JsonAssertions
{
    public static JsonElement ShouldHaveExactly(this JsonElement element, params string[] fields)
    {
        element.ValueKind.ShouldBe(JsonValueKind.Object);
        element.EnumerateObject().Select(field => field.Name).ShouldBe(fields, ignoreOrder: true);
        return element;
    }

    public static JsonElement ShouldHaveAtLeast(this JsonElement element, params string[] fields)
    {
        element.ValueKind.ShouldBe(JsonValueKind.Object);
        fields.Except(element.EnumerateObject().Select(field => field.Name)).ShouldBeEmpty();
        return element;
    }

    public static string Text(this JsonElement element, string field)
    {
        element.TryGetProperty(field, out var value).ShouldBeTrue($"{field} in {element.GetRawText()}");
        return value.GetString().ShouldNotBeNull();
    }

    public static long Number(this JsonElement element, string field) => element.GetProperty(field).GetInt64();

    public static bool Flag(this JsonElement element, string field) => element.GetProperty(field).GetBoolean();

    /// <summary>The value as it stands in the JSON text, quotes and escapes included.</summary>
    public static string Raw(this JsonElement element, string field) => element.GetProperty(field).GetRawText();

    public static List<string> Texts(this JsonElement element, string field) =>
        [.. element.GetProperty(field).EnumerateArray().Select(item => item.GetString().ShouldNotBeNull())];

    /// <summary>The element of an array of objects whose field has this value.</summary>
    public static JsonElement One(this JsonElement array, string field, string value) =>
        array.EnumerateArray().Where(item => item.Text(field) == value).ShouldHaveSingleItem();
}
