import Foundation
import GRDB
import RegistryTypes

/// The rows of comments: the history and the audit log know a commitment, the text can be erased with its author's data.
enum CommentRows {
    /// Throws `invalid-request` for a comment that is too long.
    static func check(_ comment: String?) throws {
        guard let comment else { return }
        guard comment.utf8.count <= 4096, !comment.unicodeScalars.contains("\0") else {
            throw RegistryError(.invalidRequest, "a comment has at most 4096 bytes and no NUL")
        }
    }

    /// Keeps a comment; returns the commitment to it, SHA-256 of 16 random bytes and the text.
    ///
    /// The salt keeps a short text from being guessed from the commitment once the row is gone.
    static func insert(_ comment: String?, by author: String, _ db: Database) throws -> Digest? {
        guard let comment else { return nil }
        let salt = Data((0..<16).map { _ in UInt8.random(in: .min ... .max) })
        let commitment = Digest.of(salt + Data(comment.utf8))
        try db.execute(
            sql: "INSERT INTO comments (commitment, salt, text, author) VALUES (?, ?, ?, ?)",
            arguments: [Data(commitment.bytes), salt, comment, author])
        return commitment
    }
}

extension JSONValue {
    /// A comment as an audit entry has it.
    static func comment(_ commitment: Digest) -> JSONValue { ["commitment": .string(commitment.description)] }
}
