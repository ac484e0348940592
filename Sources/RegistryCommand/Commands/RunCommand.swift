import ArgumentParser
import Foundation
import RegistryClient
import RegistryTypes
import Reproduction
import SystemPackage

/// `assay run`: carries out the project's recipe in a sandbox and records the result as a version.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Train by assay.yaml in a sandbox and record the version.",
        discussion: """
            The source is taken from the commit, not from the folder. A run that fails is recorded too, with its log; \
            the exit code is then 3.
            """)

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The project's folder, with assay.yaml.", completion: .directory) var folder = "."

    @Option(
        help: "Another value for a parameter, name=value; may stand several times.",
        transform: { try ParameterOverride($0) })
    var param: [ParameterOverride] = []

    @Option(help: "Another seed.") var seed: Int64?
    @Option(help: "The container image that will serve the model, tag@sha256:….", transform: { try ContainerImage($0) })
    var image: ContainerImage?
    @Flag(help: "Store changes that were not committed as a patch instead of refusing them.") var allowDirty = false
    @Flag(help: "Record nothing; leave the outputs in assay-out.") var noPush = false
    @Flag(help: "Only say what would prevent or weaken a repetition; nothing is run.") var check = false
    @Option(help: "A key under which the version is recorded at most once.") var idempotencyKey: String?

    func run() async throws {
        let scratch = try TemporaryFolder("run")
        defer { scratch.remove() }
        if check {
            let project = ProjectCheck(folder: folder, client: try global.client(), scratch: scratch)
            return try await ReproductionOptions.report(project.check(read), on: global.console)
        }
        let run = try await prepare(in: scratch)
        let finished = try await run.carryOut()
        if let failure = finished.outcome.failure {
            try await report(failure, of: finished, in: run)
            throw ExitCode(ErrorCode.runFailed.exitCode)
        }
        if noPush {
            for path in try keep(finished) { global.console.print(path) }
        } else {
            try PushReport.print(try await push(finished, of: run), on: global.console)
        }
    }

    /// Records the version; what was trained is not lost if that is not possible.
    private func push(_ finished: LocalRun.Finished, of run: LocalRun) async throws -> CreatedVersion {
        do {
            return try await run.push(finished, idempotencyKey: idempotencyKey)
        } catch {
            if (try? keep(finished)) != nil {
                global.console.warn(
                    "the run went well, but could not be recorded; its outputs are kept in "
                        + outputFolder.path(percentEncoded: false))
            }
            throw error
        }
    }

    /// The recipe with what the command line says instead.
    private func read() throws -> AssayFile {
        var file = try AssayFile(folder: URL(filePath: folder, directoryHint: .isDirectory))
        try file.override(param)
        if let seed { file.seed = seed }
        if let image { file.image = image }
        return file
    }

    private func prepare(in scratch: TemporaryFolder) async throws -> LocalRun {
        let file = try read()
        let client = try global.client()
        guard let executor = await Executors.firstAvailable().executor else {
            throw RegistryError(
                .sandboxUnavailable,
                "no sandbox works on this machine, and nothing is run without one; `assay doctor` says what is missing")
        }
        let captured = try await CapturedSource(
            folder: folder, commit: nil, allowsDirty: allowDirty, scratch: scratch)
        guard captured.incomplete.isEmpty else {
            throw RegistryError(.sourceIncomplete, captured.incomplete.joined(separator: "\n"))
        }
        return LocalRun(
            client: client, console: global.console, file: file, captured: captured, executor: executor,
            scratch: scratch, ci: CIEnvironment(ProcessInfo.processInfo.environment))
    }

    private func report(
        _ failure: RecipeOutcome.Failure, of finished: LocalRun.Finished, in run: LocalRun
    ) async throws {
        global.console.warn("the run failed (\(failure.reason.rawValue)). \(failure.explanation)")
        if failure.reason == .metricsUnreadable, (try? keep(finished)) != nil {
            global.console.warn("what was trained is kept in \(outputFolder.path(percentEncoded: false))")
        }
        guard !noPush else { return }
        let record = try await run.recordFailure(finished)
        if global.json { return try global.console.print(json: record) }
        global.console.print("recorded the failed run:\(record.id)")
    }

    private var outputFolder: URL {
        URL(filePath: folder, directoryHint: .isDirectory).appending(path: "assay-out", directoryHint: .isDirectory)
    }

    /// Copies the outputs to where `--no-push` promises them, and returns their paths.
    ///
    /// The folder hides itself from git: it must not make the work tree of the next run a changed one.
    private func keep(_ finished: LocalRun.Finished) throws -> [String] {
        var paths: [String] = []
        try FileManager.default.createDirectory(at: outputFolder, withIntermediateDirectories: true)
        try Data("*\n".utf8).write(to: outputFolder.appending(path: ".gitignore"))
        for output in finished.outcome.outputs {
            let place = outputFolder.appending(path: output.path.text)
            try FileManager.default.createDirectory(
                at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            try? FileManager.default.removeItem(at: place)
            try FileManager.default.copyItem(
                atPath: output.file.string, toPath: place.path(percentEncoded: false))
            paths.append(place.path(percentEncoded: false))
        }
        return paths
    }
}
