import GRDB

extension ModelRegistry {
    /// Writes down when tokens were last used, all that were used since the last time in one transaction.
    ///
    /// A crash loses what was noted meanwhile: it is a hint for whoever looks for tokens that nobody needs, no event.
    package func keepTokenUses() async throws {
        let uses = tokenUses.take()
        guard !uses.isEmpty else { return }
        try await keepBooks { db, _ in
            let statement = try db.cachedStatement(
                sql: "UPDATE tokens SET last_used_at = max(coalesce(last_used_at, 0), ?) WHERE id = ?")
            for (token, time) in uses { try statement.execute(arguments: [time, token]) }
        }
    }
}
