package import Foundation
import RegistryTypes

/// The tokens that `assay login` keeps, by server: `$XDG_CONFIG_HOME/assay/credentials.json`, readable by its owner only. Of a
/// token in the system's keyring it only says that it is there.
package struct CredentialsFile: Sendable {
    /// Where it is.
    package let path: String
    private let keyring: Keyring

    /// Finds the place: `XDG_CONFIG_HOME`, else `~/.config`.
    package init(environment: [String: String]) {
        let home = environment["HOME"] ?? NSHomeDirectory()
        let given = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        path = (given ?? home + "/.config") + "/assay/credentials.json"
        keyring = Keyring(environment: environment)
    }

    /// The token kept for a server, or nil.
    package func token(for url: URL) throws -> String? {
        let kept = try read()[Self.key(url)]
        return kept == Keyring.mark ? try keyring.secret(for: Self.key(url)) : kept
    }

    /// Keeps a token for a server; the file appears complete or not at all, with mode 0600.
    ///
    /// - Parameter inKeyring: whether the token goes into the system's keyring; throws `invalid-request` without one.
    package func save(token: String, for url: URL, inKeyring: Bool = false) throws {
        let server = Self.key(url)
        var tokens = try read()
        let before = tokens.updateValue(inKeyring ? Keyring.mark : token, forKey: server)
        if inKeyring { try keyring.store(token, for: server) }
        try write(tokens)
        if before == Keyring.mark, !inKeyring { try? keyring.remove(for: server) }
    }

    private func write(_ tokens: [String: String]) throws {
        let folder = (path as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let temporary = "\(path).\(UUID().uuidString)"
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure("written") }
        let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
        do {
            try handle.write(contentsOf: StrictJSON.encode(tokens) + Data("\n".utf8))
            try handle.synchronize()
        } catch {
            unlink(temporary)
            throw failure("written")
        }
        guard rename(temporary, path) == 0 else {
            unlink(temporary)
            throw failure("written")
        }
    }

    private func read() throws -> [String: String] {
        var status = stat()
        guard stat(path, &status) == 0 else { return [:] }
        guard status.st_mode & 0o077 == 0 else {
            throw RegistryError(
                .forbidden, "\(path) can be read by others; run `chmod 600 \(path)` and renew the token")
        }
        guard let data = FileManager.default.contents(atPath: path) else { throw failure("read") }
        do {
            return try StrictJSON.decode([String: String].self, from: data)
        } catch {
            throw RegistryError(.invalidJSON, "\(path) is damaged; remove it and run `assay login` again")
        }
    }

    private func failure(_ what: String) -> RegistryError {
        RegistryError(.invalidPath, "\(path) cannot be \(what): \(String(cString: strerror(errno)))")
    }

    /// The address without what does not matter: the case of the host, a slash at the end.
    static func key(_ url: URL) -> String {
        var text = url.absoluteString
        while text.hasSuffix("/") { text.removeLast() }
        guard let scheme = url.scheme, let host = url.host else { return text }
        return text.replacing(
            "\(scheme)://\(host)", with: "\(scheme.lowercased())://\(host.lowercased())", maxReplacements: 1)
    }
}
