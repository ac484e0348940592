package import RegistryTypes

/// A request that carries an `Idempotency-Key`: done once, answered the same way for a day.
package struct IdempotentRequest: Sendable, Equatable {
    /// How long answers are kept, in milliseconds.
    static let lifetime: Int64 = 86_400_000

    /// What the client chose, 1 to 255 printable ASCII characters.
    package let key: String
    /// SHA-256 over method, path and body: the same key with another request is a mistake.
    package var digest: Digest

    /// Takes the header of a request; throws `invalid-request` for a key of another form.
    package init(key: String, digest: Digest) throws {
        guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw RegistryError(
                .invalidRequest, "an Idempotency-Key has 1 to 255 printable ASCII characters without spaces")
        }
        self.key = key
        self.digest = digest
    }
}
