import ArgumentParser
import Foundation
import RegistryClient
import RegistryTypes

/// What pulling models and datasets have in common.
struct PullOptions: ParsableArguments {
    @OptionGroup var global: GlobalOptions

    @Argument(
        help: "The version: ns/name:12, ns/name:production or ns/name@sha256:….",
        transform: { try VersionReference($0.hasPrefix("dataset:") ? String($0.dropFirst(8)) : $0) })
    var reference: VersionReference

    @Option(help: "The folder for the files; the name of the model or dataset without it.", completion: .directory)
    var into: String?

    @Option(help: "Only this file; may stand several times.") var file: [String] = []

    @Flag(help: "Replace files of other content.") var force = false

    @Option(
        help: ArgumentHelp(
            "A folder that keeps fetched bytes by digest, for later pulls.", discussion: "Else ASSAY_CACHE."),
        completion: .directory)
    var cache: String?

    /// Fetches the version's files and says which version it was.
    func pull(_ kind: CollectionKind) async throws {
        let client = try global.client()
        let console = global.console
        let record = try await client.version(kind, reference)
        try record.verify(against: reference)
        let summary = record.summary
        // From here on the digest is the name: an alias that moves meanwhile changes nothing.
        let pinned = VersionReference(name: summary.name, selector: .digest(summary.digest))
        let folder = URL(filePath: into ?? summary.name.name.text, directoryHint: .isDirectory)
        let display = console.progress("pulling")
        defer { display.finish() }
        let (files, cache) = (try wanted(of: record), blobCache)
        _ = try await Interruption.cancelling { [force] in
            try await client.pull(
                files, into: folder, replacing: force, through: cache, progress: display.report
            ) { .file(kind, pinned, $0.path) }
        }
        display.finish()
        if console.isJSON { return try console.print(json: summary) }
        console.print("pulled \(summary.name):\(summary.number)  \(summary.digest)")
        console.note("into \(folder.path(percentEncoded: false))")
        if kind == .models, let state = summary.approval, state != .approved {
            console.warn("\(summary.name):\(summary.number) is not approved, its state is \(state.rawValue)")
        }
    }

    private var blobCache: BlobCache? {
        guard let path = cache ?? ProcessInfo.processInfo.environment["ASSAY_CACHE"], !path.isEmpty else { return nil }
        return BlobCache(folder: URL(filePath: path, directoryHint: .isDirectory))
    }

    private func wanted(of record: VersionRecord) throws -> [ArtifactFile] {
        guard !file.isEmpty else { return record.files }
        return try file.map { name in
            guard let found = record.files.first(where: { $0.path.text == name }) else {
                let known = record.files.prefix(10).map(\.path.text).joined(separator: ", ")
                throw RegistryError(
                    .notFound, "\(record.summary.name):\(record.summary.number) has no file \(name); it has \(known)")
            }
            return found
        }
    }
}
