/// Takes secrets and personal names out of the address of a git remote.
package enum RemoteAddress {
    private static let schemes: Set<String> = ["https", "http", "ssh", "git", "file", "git+ssh", "ssh+git"]

    /// The address for a record others will read.
    ///
    /// Kept: scheme, host, port and path, and the login `git` of ssh addresses, which is part of how hosts are
    /// addressed. Dropped: every other user name, passwords, tokens, query and fragment.
    ///
    /// - Returns: nil for addresses that hold control characters or name a program to run (`ext::…`).
    package static func withoutCredentials(_ address: String) -> String? {
        let text = address.trimmingSpaces
        guard !text.isEmpty, !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }),
            !text.contains("::")
                || text.contains("://"), !text.hasPrefix("-")
        else { return nil }
        if let separator = text.firstRange(of: "://") {
            return url(scheme: text[..<separator.lowerBound].lowercased(), rest: text[separator.upperBound...])
        }
        return scpLike(text)
    }

    private static func url(scheme: String, rest: Substring) -> String? {
        guard schemes.contains(scheme) else { return nil }
        let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        let authority = rest[..<end]
        let path = rest[end...].prefix { $0 != "?" && $0 != "#" }
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        let login = scheme.contains("ssh") && isGitLogin(authority) ? "git@" : ""
        return "\(scheme)://\(login)\(host)\(path)"
    }

    /// `git@host:path`, or a path on this machine; whatever stands before an @ may be a secret.
    private static func scpLike(_ text: String) -> String {
        let end = text.firstIndex(of: "/") ?? text.endIndex
        guard let at = text[..<end].lastIndex(of: "@") else { return text }
        let login = isGitLogin(text[...at]) ? "git@" : ""
        return login + text[text.index(after: at)...]
    }

    private static func isGitLogin(_ authority: Substring) -> Bool {
        authority.hasPrefix("git@") || authority.hasPrefix("git:")
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
