import Foundation
import RegistryTypes

/// Where a page ended: the name of the list and the key of the last item, opaque to clients.
///
/// The text is base64url without padding over the JSON array `[list, key…]`.
struct PageCursor: Sendable, Equatable {
    let list: String
    let key: [String]

    /// Marks the place behind an item.
    init(list: String, key: [String]) {
        self.list = list
        self.key = key
    }

    /// Parses what a client sends back; throws `invalid-request` for anything that is not a cursor.
    init(_ text: String) throws {
        let standard = text.replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4)
        guard text.utf8.count <= 2048, let data = Data(base64Encoded: standard + padding),
            let parts = try? StrictJSON.decode([String].self, from: data), let list = parts.first
        else { throw Self.malformed }
        self.init(list: list, key: Array(parts.dropFirst()))
    }

    /// The text that `init` parses.
    var text: String {
        get throws {
            try StrictJSON.encode([list] + key).base64EncodedString()
                .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        }
    }

    static let malformed = RegistryError(
        .invalidRequest, "the cursor is not one that this list gave; send the nextCursor of the page before, unchanged")
}
