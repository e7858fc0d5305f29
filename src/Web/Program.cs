var app = WebApplication.Create(args);
app.MapGet("/", () => new { status = "SecureChat server running" });
await app.RunAsync();
