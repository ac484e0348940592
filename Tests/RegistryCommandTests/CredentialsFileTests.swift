import Foundation
import RegistryCommand
import RegistryTypes
import Testing

/// Tokens on disk: for their owner alone, one for each server.
@Suite final class CredentialsFileTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "assay-home-\(UUID())")
    private var file: CredentialsFile { CredentialsFile(environment: ["XDG_CONFIG_HOME": folder.path]) }

    deinit { try? FileManager.default.removeItem(at: folder) }

    @Test func tokensAreKeptByServerForTheOwnerAlone() throws {
        let first = try #require(URL(string: "http://one:7447"))
        let second = try #require(URL(string: "https://two"))
        #expect(try file.token(for: first) == nil)
        try file.save(token: "a", for: first)
        try file.save(token: "b", for: second)
        try file.save(token: "c", for: first)
        #expect(try file.token(for: first) == "c")
        #expect(try file.token(for: second) == "b")
        let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
    }

    @Test func aFileThatOthersMayReadIsNotUsed() throws {
        let url = try #require(URL(string: "http://one:7447"))
        try file.save(token: "a", for: url)
        chmod(file.path, 0o644)
        #expect(throws: RegistryError.self) { try self.file.token(for: url) }
    }

    @Test func flagStandsOverVariableOverFileOverDefault() throws {
        let home = ["XDG_CONFIG_HOME": folder.path]
        #expect(try ClientConfiguration(flag: nil, environment: home).url.absoluteString == "http://127.0.0.1:7447")
        try file.save(token: "stored", for: #require(URL(string: "http://one:7447")))
        let variables = home.merging(["ASSAY_URL": "http://one:7447"]) { $1 }
        let stored = try ClientConfiguration(flag: nil, environment: variables)
        #expect(stored.token == "stored")
        let given = try ClientConfiguration(
            flag: "http://two", environment: variables.merging(["ASSAY_TOKEN": "given"]) { $1 })
        #expect(given.url.absoluteString == "http://two")
        #expect(given.token == "given")
        #expect(throws: RegistryError.self) { try ClientConfiguration(flag: "nonsense", environment: home) }
    }
}
