import Foundation
import Testing

/// SwiftPM lets a target import whatever another one pulled in; this holds the arrows of ARCHITECTURE.md.
@Suite struct ImportTableTests {
    static let root = URL(filePath: #filePath).appending(path: "../../..").standardized
    static let system: Set<String> = ["Foundation", "Dispatch", "Glibc", "Darwin", "Synchronization"]
    static let allowed: [String: Set<String>] = [
        "RegistryTypes": ["Crypto"],
        "BlobStore": ["RegistryTypes", "Crypto"],
        "WeightFormats": ["RegistryTypes", "Crypto", "CZlib"],
        "AuditLog": ["RegistryTypes", "Crypto"],
        "Reproduction": ["RegistryTypes", "WeightFormats", "Subprocess", "SystemPackage"],
        "Registry": [
            "RegistryTypes", "BlobStore", "WeightFormats", "AuditLog", "Migrations", "CSQLiteDefensive", "GRDB",
            "Crypto", "CryptoExtras",
        ],
        "RegistryServer": [
            "RegistryTypes", "Registry", "BlobStore", "APIContract", "Crypto", "Hummingbird", "HummingbirdCore",
            "HTTPTypes",
            "NIOHTTPTypes", "NIOHTTPTypesHTTP1", "NIOCore", "NIOHTTP1", "NIOPosix", "Logging",
            "AsyncHTTPClient", "NIOSSL",
        ],
        "RegistryClient": ["RegistryTypes", "AsyncHTTPClient", "NIOCore", "NIOHTTP1", "NIOPosix", "NIOSSL", "Crypto"],
        "RegistryCommand": [
            "RegistryTypes", "RegistryClient", "RegistryServer", "Registry", "AuditLog", "Reproduction",
            "ArgumentParser",
            "Configuration", "Hummingbird", "Logging", "NIOCore", "ServiceLifecycle", "Subprocess", "SystemPackage",
            "UnixSignals", "WeightFormats",
            "Yams",
        ],
    ]

    static func swiftFiles(below folder: URL) -> [URL] {
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        return (files?.allObjects as? [URL] ?? []).filter { $0.pathExtension == "swift" }
    }

    @Test(arguments: allowed.keys.sorted())
    func importsOnlyWhatTheTableAllows(target: String) throws {
        let files = Self.swiftFiles(below: Self.root.appending(path: "Sources/\(target)"))
        #expect(!files.isEmpty)
        for file in files {
            for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
                // Indented lines are text inside of strings.
                guard !line.hasPrefix(" ") else { continue }
                let words = line.split(separator: " ")
                guard let index = words.firstIndex(of: "import"), index <= 1, words.count > index + 1 else { continue }
                let kinds: Set<Substring> = ["struct", "enum", "class", "func"]
                let name = kinds.contains(words[index + 1]) ? words[index + 2] : words[index + 1]
                let module = String(name.split(separator: ".")[0])
                let known = Self.allowed[target, default: []].union(Self.system)
                #expect(known.contains(module), "\(file.lastPathComponent) imports \(module)")
            }
        }
    }

    @Test func everyTargetHasARow() throws {
        let targets = try FileManager.default.contentsOfDirectory(atPath: Self.root.appending(path: "Sources").path)
        let swift = targets.filter { !Self.swiftFiles(below: Self.root.appending(path: "Sources/\($0)")).isEmpty }
        #expect(Set(swift) == Set(Self.allowed.keys))
    }

    @Test func everyPathThatTheArchitectureNamesExists() throws {
        let text = try String(contentsOf: Self.root.appending(path: "ARCHITECTURE.md"), encoding: .utf8)
        let paths = text.matches(of: /`((?:Sources|Tests|migrations|docs)\/[A-Za-z0-9+.\/-]+)`/).map { String($0.1) }
        #expect(paths.count > 8)
        for path in paths {
            #expect(FileManager.default.fileExists(atPath: Self.root.appending(path: path).path), "\(path)")
        }
    }
}
