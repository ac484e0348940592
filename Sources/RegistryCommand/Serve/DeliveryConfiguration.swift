import Foundation
import RegistryTypes

/// Where signed checkpoints go, so that somebody else holds them too.
package struct DeliveryConfiguration: Sendable, Equatable {
    /// A folder, best on another machine's disk.
    package var folder: String?
    /// A git repository: `https://…`, `ssh://…`, `user@host:path` or an absolute path.
    package var git: String?
    /// How often, at most.
    package var interval: TimeSpan

    /// Reads environment variables: `ASSAY_LOG_FOLDER`, `ASSAY_LOG_GIT`, `ASSAY_LOG_INTERVAL`.
    package init(environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        func text(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        folder = text("ASSAY_LOG_FOLDER")
        git = text("ASSAY_LOG_GIT")
        interval = try TimeSpan(text("ASSAY_LOG_INTERVAL") ?? "60s")
    }

    /// What checkpoints are delivered to. Another kind of destination is another element here.
    func destinations(dataFolder: String) throws -> [any CheckpointDestination] {
        var destinations: [any CheckpointDestination] = []
        if let folder {
            destinations.append(FolderDestination(folder: URL(filePath: folder, directoryHint: .isDirectory)))
        }
        if let git { destinations.append(try GitDestination(address: git, workFolder: dataFolder + "/log-git")) }
        return destinations
    }
}
