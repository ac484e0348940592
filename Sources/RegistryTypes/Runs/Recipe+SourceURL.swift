import Foundation

extension Recipe.Source {
    /// Throws `invalid-request` for an address that is no git remote, or that holds a secret: it is shown to everybody
    /// who may read metadata, for ever.
    package static func check(url text: String) throws {
        guard text.utf8.count <= 2048, text.unicodeScalars.allSatisfy(\.isPrintable) else {
            throw RegistryError(.invalidRequest, "the source's url has at most 2048 bytes and no invisible characters")
        }
        guard let colon = text.range(of: "://") else { return }
        guard ["https", "http", "ssh", "git", "file"].contains(text[..<colon.lowerBound].lowercased()) else {
            throw RegistryError(.invalidRequest, "the source's url is not the address of a git repository")
        }
        let authority = text[colon.upperBound...].prefix { $0 != "/" }
        if let at = authority.lastIndex(of: "@"), authority[..<at].contains(":") {
            throw RegistryError(.invalidRequest, "the source's url holds a password; leave it out")
        }
    }
}
