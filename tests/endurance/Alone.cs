namespace SecureChat.EnduranceTests;

/// <summary>Tests that measure time or memory run while no other test of this project does.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
