extension ModelRegistry {
    /// Does some work during which no bytes are collected, such as a backup (invariant I22).
    ///
    /// A collection that is running stops after the step that it is at; what it had done is done, the rest is for the
    /// next one.
    @discardableResult
    package func withoutGarbageCollection<Result>(_ work: () async throws -> Result) async rethrows -> Result {
        await collectionGate.pause()
        defer { collectionGate.resume() }
        return try await work()
    }
}
