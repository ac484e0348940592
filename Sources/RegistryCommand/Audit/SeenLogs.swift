package import Foundation
import RegistryTypes

/// What this machine has seen of servers' logs: `logs.json` beside the credentials. A server that shows less, or something
/// else, than it did before is found out.
package struct SeenLogs: Sendable {
    /// The last checkpoint that was found right, and the keys that are trusted since.
    package struct Log: Codable, Sendable, Equatable {
        package var checkpoint: String
        package var vkeys: [String]

        /// Describes what was seen.
        package init(checkpoint: String, vkeys: [String]) {
            self.checkpoint = checkpoint
            self.vkeys = vkeys
        }
    }

    /// Where it is.
    package let path: String

    /// Finds the place, beside `credentials.json`.
    package init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        let credentials = URL(filePath: CredentialsFile(environment: environment).path)
        path = credentials.deletingLastPathComponent().appending(path: "logs.json").path(percentEncoded: false)
    }

    /// What was seen of a server's log; nil for the first time.
    package func log(of server: URL) throws -> Log? { try read()[CredentialsFile.key(server)] }

    /// Keeps what was seen of a server's log; the file appears complete or not at all.
    package func keep(_ log: Log, of server: URL) throws {
        var logs = try read()
        logs[CredentialsFile.key(server)] = log
        let file = URL(filePath: path)
        do {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            try (StrictJSON.encode(logs) + Data("\n".utf8)).write(to: file, options: .atomic)
        } catch {
            throw RegistryError(.invalidPath, "\(path) cannot be written: \(error.localizedDescription)")
        }
    }

    private func read() throws -> [String: Log] {
        guard FileManager.default.fileExists(atPath: path) else { return [:] }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw RegistryError(.invalidPath, "\(path) cannot be read")
        }
        do {
            return try StrictJSON.decode([String: Log].self, from: data)
        } catch {
            throw RegistryError(
                .invalidJSON,
                "\(path) is damaged; restore it, or remove it and check the log against a checkpoint you kept")
        }
    }
}
