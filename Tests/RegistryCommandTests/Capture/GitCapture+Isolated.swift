import Foundation
import RegistryCommand
import SystemPackage

extension GitCapture {
    /// Captures a folder of a fixture without the configuration of whoever runs the tests.
    static func isolated(
        _ fixture: GitFixture, _ path: String = "", variables: [String: String] = [:]
    ) async throws -> GitCapture {
        let base = ["HOME": fixture.root.path, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null"]
        let folder = path.isEmpty ? fixture.repository : fixture.repository.appending(path: path)
        return try await GitCapture(folder: FilePath(folder.path), variables: base.merging(variables) { $1 })
    }
}
