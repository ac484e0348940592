package import RegistryTypes

import struct Foundation.Data

/// What a log signs: that it had so many entries, and the root of the tree over them (C2SP tlog-checkpoint).
package struct Checkpoint: Hashable, Sendable {
    /// Names the log, and the epoch of it.
    package let origin: String
    package let size: Int64
    package let root: Digest

    /// Describes a log at one moment.
    package init(origin: String, size: Int64, root: Digest) {
        self.origin = origin
        self.size = size
        self.root = root
    }

    /// Parses the text of a note; further lines are left aside. Throws `integrity-failure`.
    package init(text: String) throws {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 4, !lines[0].isEmpty, let size = Int64(lines[1]), size >= 0, String(size) == lines[1],
            let root = Data(base64Encoded: String(lines[2])), root.count == 32
        else { throw RegistryError(.integrityFailure, "the note is not the checkpoint of a log") }
        self.init(origin: String(lines[0]), size: size, root: try Digest(bytes: Array(root)))
    }

    /// The text that is signed.
    package var text: String { "\(origin)\n\(size)\n\(Data(root.bytes).base64EncodedString())\n" }
}
