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
            the exit code is then 3. Of several steps, those are left out that a recorded version stands for.
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

    @Option(help: "Only this step of assay.yaml, and what it needs.") var step: String?
    @Option(help: "The sandbox, bubblewrap or container; else ASSAY_EXECUTOR, else the first that works.")
    var executor: String?
    @Flag(help: "Run steps again that are recorded and have not changed.") var force = false

    func run() async throws {
        if check { return try await checkProject() }
        let (project, steps) = try read()
        guard !noPush || steps.count == 1 else {
            throw RegistryError(
                .invalidRequest, "steps read what others have recorded, so --no-push is for a single step")
        }
        guard idempotencyKey == nil || steps.count == 1 else {
            throw RegistryError(.invalidRequest, "one --idempotency-key cannot name the versions of several steps")
        }
        var made: [String: VersionReference] = [:]
        for step in steps {
            let version = try await carryOut(step, reading: made, reusing: project.isPipeline && !force && !noPush)
            made[step.name] = version.map { VersionReference(name: $0.name, selector: .number($0.number)) }
        }
    }

    /// The project with what the command line says instead, and the steps that are meant.
    private func read() throws -> (Project, [Project.Step]) {
        var project = try Project(folder: projectFolder)
        try project.override(param)
        if let seed { project.reseed(seed) }
        if let image { project.serve(by: image) }
        return (project, try step.map { try project.steps(upTo: $0) } ?? project.steps)
    }

    private func checkProject() async throws {
        let check = ProjectCheck(folder: folder, client: try global.client(), executor: try Executors.chosen(executor))
        try await ReproductionOptions.report(check.check { try read().1 }, on: global.console)
    }

    /// Carries a step out, unless a recorded version is what it would make; returns the version.
    private func carryOut(
        _ step: Project.Step, reading made: [String: VersionReference], reusing: Bool
    ) async throws -> VersionSummary? {
        let scratch = try TemporaryFolder("run")
        defer { scratch.remove() }
        let run = try await prepare(step, reading: made, in: scratch)
        let resolved = try await run.resolve()
        if reusing {
            let recorded = RecordedStep(client: run.client, scratch: scratch)
            if let version = try await recorded.version(
                run.file.kind, of: run.file.product, like: resolved.recipe, from: run.captured)
            {
                try PushReport.print(unchanged: version, step: step.name, on: global.console)
                return version
            }
        }
        if !step.name.isEmpty { global.console.note("step \(step.name)") }
        let finished = try await run.carryOut(resolved)
        if let failure = finished.outcome.failure {
            try await report(failure, of: finished, in: run)
            throw ExitCode(ErrorCode.runFailed.exitCode)
        }
        guard !noPush else {
            for path in try keep(finished) { global.console.print(path) }
            return nil
        }
        let created = try await push(finished, of: run)
        try PushReport.print(created, on: global.console)
        return created.version
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

    private func prepare(
        _ step: Project.Step, reading made: [String: VersionReference], in scratch: TemporaryFolder
    ) async throws -> LocalRun {
        let client = try global.client()
        let executor = try await Executors.required(Executors.chosen(executor))
        let source = step.place(in: folder)
        guard FileManager.default.fileExists(atPath: source) else {
            throw RegistryError(.notFound, "there is no folder \(source), which the step \(step.name) names")
        }
        // Who may not record the run should not wait for its end to learn it.
        if !noPush {
            let namespace = step.file.product.namespace
            try await client.requireRight(to: .push, in: namespace)
            // A right everywhere says nothing about whether the namespace exists; this does.
            _ = try await client.checkWorkers(for: JobNeeds(step.file.resources), in: namespace)
        }
        let captured = try await CapturedSource(
            folder: source, commit: nil, allowsDirty: allowDirty, scratch: scratch)
        guard captured.incomplete.isEmpty else {
            throw RegistryError(.sourceIncomplete, captured.incomplete.joined(separator: "\n"))
        }
        return LocalRun(
            client: client, console: global.console, file: step.file.reading(made), captured: captured,
            executor: executor, scratch: scratch, ci: CIEnvironment(ProcessInfo.processInfo.environment))
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

    private var projectFolder: URL { URL(filePath: folder, directoryHint: .isDirectory) }

    private var outputFolder: URL {
        projectFolder.appending(path: "assay-out", directoryHint: .isDirectory)
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
