import RegistryTypes

/// What a search asks for: conditions that must all hold.
package struct SearchQuery: Sendable, Equatable {
    /// The longest text, in bytes, and the most conditions in it: what one request may cost has an end.
    private static let longest = 1000
    private static let mostTerms = 8

    let kind: CollectionKind
    let terms: [SearchTerm]

    /// Parses conditions separated by blanks; throws `invalid-request` for what is none.
    package init(_ text: String, kind: CollectionKind = .model) throws {
        guard text.utf8.count <= Self.longest else {
            throw RegistryError(.invalidRequest, "a search has at most \(Self.longest) bytes")
        }
        let words = text.split { $0 == " " || $0 == "\t" }
        guard (1...Self.mostTerms).contains(words.count) else {
            throw RegistryError(
                .invalidRequest,
                "a search has 1 to \(Self.mostTerms) conditions, as in \"fraud alias:production metric:accuracy>0.9\"")
        }
        terms = try words.map { try SearchTerm($0) }
        guard kind == .model || !terms.contains(where: \.isAboutModels) else {
            throw RegistryError(
                .invalidRequest, "datasets are found by parts of their name and by alias:; the rest is about models")
        }
        self.kind = kind
    }
}
