import ArgumentParser

/// Questions about the past.
struct PastOptions: ParsableArguments {
    @Option(
        help: "What was so and known at this time: 2026-03-03T12:00:00Z, 2026-03-03, or 7d for seven days ago.")
    var at: String?
}
