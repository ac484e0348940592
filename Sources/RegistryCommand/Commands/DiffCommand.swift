import ArgumentParser
import Foundation
import RegistryClient
import RegistryTypes
import WeightFormats

/// `assay diff`: how two versions, or two files on this machine, differ.
struct DiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Compare two versions, or two files of weights.",
        discussion: """
            The server compares versions, over its own bytes: every tensor, the metrics, the recipes and the machines. \
            Two files of this machine are compared without a server. Exits with 0 if they are equal at least as far as \
            --minimum says, 4 if they differ more, 2 if they cannot be compared.
            """)

    @OptionGroup var global: GlobalOptions
    @Argument(help: "A version, ns/name:12 or dataset:ns/name:3, or a file.", completion: .file()) var left: String
    @Argument(help: "The other version or file.", completion: .file()) var right: String
    @OptionGroup var tolerances: ToleranceOptions
    @Option(
        help: "What counts as equal: bit-identical, tensor-equal, within-tolerance, metric-equivalent.",
        transform: { try ReproductionOptions.minimum($0) })
    var minimum: Verdict.Outcome = .tensorEqual
    @Flag(help: "List equal tensors too.") var all = false

    func run() async throws {
        let difference = try await compare()
        let console = global.console
        if console.isJSON {
            try console.print(json: difference)
        } else {
            console.print(DifferencePage(difference, all: all, console: console).text)
        }
        let code = ReproductionOptions.exitCode(of: difference.outcome, minimum: minimum)
        if code != 0 { throw ExitCode(code) }
    }

    private func compare() async throws -> VersionDifference {
        let files = [left, right].filter(Self.isFile)
        if files.count == 2 { return try await local() }
        if let file = files.first {
            let other = file == left ? right : left
            throw RegistryError(
                .notFound, "\(file) is a file and \(other) is none; fetch the version with `assay pull` to compare it")
        }
        return try await global.client().difference(
            Reference(left), Reference(right), tensors: tolerances.tolerance, metrics: tolerances.metricTolerance,
            all: all)
    }

    /// A name with a colon or @ after the slash is a version, unless there is such a file.
    private static func isFile(_ text: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: text, isDirectory: &isFolder) && !isFolder.boolValue
    }

    private func local() async throws -> VersionDifference {
        // Hashed side by side, which takes as long as all the rest.
        async let original = Self.open(left)
        async let reproduced = Self.open(right)
        let compare = tolerances.comparison ?? .init()
        let name = URL(filePath: left).lastPathComponent
        let evidence = WeightComparison.compare(
            original: try await original, reproduced: try await reproduced,
            output: ComparedOutput(path: try (try? ArtifactPath(name)) ?? ArtifactPath("weights")),
            rules: try ComparisonRules(tensors: compare.tensors),
            listing: all ? .max : OutputEvidence.maximumTensors)
        return VersionDifference(left: .init(name: left), right: .init(name: right), files: [evidence])
    }

    private static func open(_ file: String) throws -> ComparedFile {
        ComparedFile(try MappedFile(path: file), digest: try LocalFile(hashing: URL(filePath: file)).sha256)
    }
}
