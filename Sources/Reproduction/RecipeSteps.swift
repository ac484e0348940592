import Foundation
import RegistryTypes
import SystemPackage

/// The steps of one run of a recipe, and the folders they share.
struct RecipeSteps {
    let request: RecipeRunner.Request
    let source: VerifiedSource
    let executor: any Executor
    /// The model that evaluation sees.
    private var model: FilePath?
    /// The file system that the commands run on.
    var root = ExecutionRequest.Root.host
    /// Where Python packages are kept once they are unpacked.
    let packageCache: PackageCache
    /// The Python packages that the recipe pins, for the commands to import.
    var packages: FilePath?

    init(
        request: RecipeRunner.Request, source: VerifiedSource, executor: any Executor, packageCache: PackageCache
    ) {
        self.request = request
        self.source = source
        self.executor = executor
        self.packageCache = packageCache
        model = request.model?.folder
    }

    var recipe: Recipe { request.recipe }
    private var parametersFile: FilePath { request.workspace.appending("params.json") }

    /// What was given for the inputs of the recipe, in its order.
    private var inputs: [RecipeInput] {
        get throws {
            try recipe.inputs.map { input in
                guard let given = request.inputs.first(where: { $0.name == input.name }) else {
                    throw RecipeRunnerError.inputMissing(input.name)
                }
                return given
            }
        }
    }

    /// Hashes every file of every input and of the model; throws what `error` makes of the first wrong one.
    func checkInputs(_ error: (String, String) -> RecipeRunnerError) throws {
        for input in try inputs + [request.model].compactMap({ $0 }) {
            for file in input.files where file.mode != .symlink {
                try Task.checkCancellation()
                let path = file.path.text.split(separator: "/").reduce(input.folder) { $0.appending(String($1)) }
                guard let found = FileHash.of(path), found.size == file.size, found.sha256 == file.sha256 else {
                    throw error(input.name, file.path.text)
                }
            }
        }
    }

    /// Writes the parameters as JSON, for `ASSAY_PARAMS`: a member a line, sorted, `1.0` where the recipe says float.
    func writeParameters() throws {
        let lines = try recipe.parameters.keys.sorted().map { name in
            let value = recipe.parameters[name] ?? .null
            var text = String(decoding: try value.canonicalBytes(), as: UTF8.self)
            if recipe.floats?.contains(name) == true, text.allSatisfy({ $0.isNumber || $0 == "-" }) { text += ".0" }
            return "  \(String(decoding: try JSONValue.string(name).canonicalBytes(), as: UTF8.self)): \(text)"
        }
        try Data("{\n\(lines.joined(separator: ",\n"))\n}\n".utf8)
            .write(to: URL(filePath: parametersFile.string), options: .withoutOverwriting)
        chmod(parametersFile.string, 0o444)
    }

    /// Puts what training wrote into a folder of its own, for evaluation to read.
    mutating func takeModel(from outputs: [RecipeOutput]) throws {
        let folder = request.workspace.appending("model")
        try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: false)
        for output in outputs where output.belongsToArtifact {
            let target = output.path.text.split(separator: "/").reduce(folder) { $0.appending(String($1)) }
            try FileManager.default.createDirectory(
                atPath: target.removingLastComponent().string, withIntermediateDirectories: true)
            // A second name costs nothing; the sandbox shows the folder read-only.
            guard link(output.file.string, target.string) != 0 else { continue }
            try FileManager.default.copyItem(atPath: output.file.string, toPath: target.string)
        }
        model = folder
    }

    /// Runs one command in a fresh copy of the source and adds its outputs, or its failure.
    mutating func run(
        _ phase: Recipe.Phase, command: [String], into outcome: inout RecipeOutcome,
        log: @escaping @Sendable (String) async -> Void
    ) async throws {
        let work = try folder("work-\(phase.rawValue)")
        let out = try folder("out-\(phase.rawValue)")
        let code = try codeFolder(in: work)
        let missing = try await SourceMaterialiser().materialise(
            source, bundle: request.sourceBundle, patch: request.patch, into: URL(filePath: code.string))
        guard missing.isEmpty else { throw RecipeRunnerError.sourceIncomplete(missing) }
        try preparePackages(lockedIn: code)
        await log("assay: \(phase.rawValue): \(command.joined(separator: " "))\n")
        let result = try await executor.execute(
            try execution(phase, command: command, work: work, out: out), log: log)
        outcome.facts.add(result, executor: executor.name)
        if let reason = result.failureReason {
            outcome.failure = .init(reason: reason, explanation: "The \(phase.rawValue) command \(result.ending).")
        } else {
            do {
                outcome.outputs += try collect(phase, out: out, work: code)
                outcome.undeclared += OutputCollector(folder: out)
                    .undeclared(besides: Set(recipe.outputs.filter { $0.phase == phase }.map(\.path.text)))
            } catch let error as OutputCollectionError {
                outcome.facts.ending = ExecutionFailureReason.missingOutput.rawValue
                outcome.failure = .init(reason: .missingOutput, explanation: error.description)
            }
        }
    }

    /// What is installed where the commands ran, and how many threads their libraries were told to use.
    func environmentFacts(_ outcome: RecipeOutcome) async -> [String: String] {
        guard
            let request = try? execution(
                .train, command: recipe.train, work: self.request.workspace, out: self.request.workspace)
        else { return [:] }
        var facts: [String: String] = [:]
        facts["variation"] = self.request.variation?.description
        for name in ["OMP", "OPENBLAS", "MKL"] {
            facts["threads.\(name.lowercased())"] = request.environment["\(name)_NUM_THREADS"]
        }
        // Who cancelled the run waits for its end, not for its facts.
        guard outcome.failure?.reason != .cancelled else { return facts }
        let probe = EnvironmentProbe(executor: executor, request: request, workspace: self.request.workspace)
        return facts.merging(await probe.facts()) { first, _ in first }
    }

    private func execution(
        _ phase: Recipe.Phase, command: [String], work: FilePath, out: FilePath
    ) throws -> ExecutionRequest {
        let hidden = [Recipe.Environment.rootInput, recipe.python.map { _ in Recipe.Python.wheelsInput }]
        var mounts = try inputs.filter { !hidden.contains($0.name) }.filter { given in
            phase == .evaluate || recipe.inputs.contains { $0.name == given.name && $0.phase == .train }
        }.map { ExecutionRequest.Input(mount: $0.name, source: $0.folder) }
        if phase == .evaluate, let model { mounts.append(.init(mount: "model", source: model)) }
        if let packages { mounts.append(.init(mount: Recipe.Python.wheelsInput, source: packages)) }
        let resources = recipe.resources
        var execution = ExecutionRequest(
            command: command,
            environment: environment,
            workFolder: work,
            startFolder: isElsewhere ? Self.elsewhere : nil,
            outputFolder: out,
            inputs: mounts,
            parametersFile: parametersFile,
            limits: ResourceLimits(
                cpus: resources.cpus, memoryMiB: resources.memoryMiB, pids: resources.pids,
                scratchMiB: resources.scratchMiB),
            timeouts: ExecutionTimeouts(
                wallSeconds: Double(recipe.timeouts.wallSeconds), idleSeconds: Double(recipe.timeouts.idleSeconds),
                killGraceSeconds: Double(recipe.timeouts.killGraceSeconds)))
        execution.needsGPU = resources.gpu != nil
        execution.root = root
        return execution
    }

    /// What every run has, then what the recipe says, then what is changed on purpose.
    private var environment: [String: String] {
        var fixed = ExecutionRequest.defaultEnvironment(
            cpus: recipe.resources.cpus, sourceDateEpoch: source.commitTime, seed: recipe.seed)
        if packages != nil { fixed["PYTHONPATH"] = "/in/\(Recipe.Python.wheelsInput)" }
        var environment = fixed.merging(recipe.env) { $1 }.merging(request.variation?.environment ?? [:]) { $1 }
        if isElsewhere {
            for name in ["HOME", "TMPDIR"] { environment[name] = "/work/\(Self.temporary)" }
        }
        return environment
    }

    /// Below the working folder: where source and temporary files are when their place is changed on purpose.
    private static let elsewhere = "elsewhere/source"
    private static let temporary = "elsewhere/temporary"

    private var isElsewhere: Bool { request.variation?.subject == .folder }

    /// The folder for the source: the working folder, or one below it.
    private func codeFolder(in work: FilePath) throws -> FilePath {
        guard isElsewhere else { return work }
        for path in [Self.elsewhere, Self.temporary] {
            try FileManager.default.createDirectory(
                atPath: work.appending(path).string, withIntermediateDirectories: true)
        }
        return work.appending(Self.elsewhere)
    }

    private func collect(_ phase: Recipe.Phase, out: FilePath, work: FilePath) throws -> [RecipeOutput] {
        let declared = recipe.outputs.filter { $0.phase == phase }
        let bytes = Int64(recipe.resources.scratchMiB) << 20
        let collector = OutputCollector(
            folder: out, workFolder: work, limits: .init(fileBytes: bytes, totalBytes: bytes))
        let found = try collector.collect(declared.map(\.path.text))
        return try found.map { file in
            guard let declaration = declared.first(where: { $0.path.text == file.declared }),
                file.path == file.declared
            else { throw OutputCollectionError.notAcceptable(file.declared, .folder) }
            return RecipeOutput(
                path: declaration.path, role: declaration.role, phase: phase, input: declaration.input,
                size: file.size, file: file.file)
        }
    }

    private func folder(_ name: String) throws -> FilePath {
        let folder = request.workspace.appending(name)
        try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: false)
        return folder
    }
}
