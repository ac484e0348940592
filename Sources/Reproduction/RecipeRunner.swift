package import Foundation
package import RegistryTypes
package import SystemPackage

/// Runs the commands of a recipe in a sandbox, the same way for an original run and for its reproductions.
///
/// Training sees the inputs of phase `train` alone. Evaluation sees all inputs and the model at `/in/model`: for a
/// retraining what was just trained, for a re-evaluation the original. Each command starts in a fresh copy of the
/// source. All inputs are hashed before the first command and after the last one.
package struct RecipeRunner: Sendable {
    /// What is run, and where everything is on this host.
    package struct Request: Sendable {
        /// What to run.
        package var recipe: Recipe
        /// All commands, or the evaluation alone.
        package var kind: Verdict.Kind
        /// The source bundle that the recipe names.
        package var sourceBundle: URL
        /// The changes that were not committed, if the recipe names any.
        package var patch: URL?
        /// The inputs of the recipe, all of them.
        package var inputs: [RecipeInput]
        /// The original's files, for a re-evaluation.
        package var model: RecipeInput?
        /// An empty folder for sources and outputs; the caller removes it when the outputs are no longer needed.
        package var workspace: FilePath
        /// What is changed on purpose.
        package var variation: Variation?

        /// Describes a run.
        package init(
            recipe: Recipe, kind: Verdict.Kind, sourceBundle: URL, patch: URL? = nil, inputs: [RecipeInput],
            model: RecipeInput? = nil, workspace: FilePath, variation: Variation? = nil
        ) {
            self.recipe = recipe
            self.kind = kind
            self.sourceBundle = sourceBundle
            self.patch = patch
            self.inputs = inputs
            self.model = model
            self.workspace = workspace
            self.variation = variation
        }
    }

    /// The sandbox.
    package let executor: any Executor
    /// Where root file systems are kept once they are unpacked.
    let roots: RootCache
    /// Where Python packages are kept once they are unpacked.
    let packages: PackageCache

    /// Takes the sandbox that commands run in.
    package init(
        executor: any Executor, roots: RootCache = RootCache(environment: ProcessInfo.processInfo.environment),
        packages: PackageCache = PackageCache(environment: ProcessInfo.processInfo.environment)
    ) {
        self.executor = executor
        self.roots = roots
        self.packages = packages
    }

    /// Runs the commands and collects the declared outputs; cancelling the task ends the run as `cancelled`.
    ///
    /// - Parameter log: receives what the commands print, as `Executor.execute` does.
    /// - Throws: `RecipeRunnerError`, `SourceProofError`, `SourceMaterialiserError` or `ExecutorError` if nothing was
    ///   run or the run proves nothing; a command that fails is an outcome.
    package func run(
        _ request: Request, log: @escaping @Sendable (String) async -> Void
    ) async throws -> RecipeOutcome {
        try request.recipe.check()
        let source = try SourceProof.verify(
            bundleAt: request.sourceBundle, commit: GitObjectID(hex: request.recipe.source.commit.hex),
            subfolder: SourceSubfolder(request.recipe.source.subfolder))
        var steps = RecipeSteps(request: request, source: source, executor: executor, packageCache: packages)
        try steps.checkInputs { .inputMismatch(input: $0, path: $1) }
        try steps.writeParameters()
        let environment = try await environment(of: request, log)
        steps.root = environment.root
        var outcome = RecipeOutcome(outputs: [], facts: RunFacts())
        switch request.kind {
        case .retrain:
            try await steps.run(.train, command: request.recipe.train, into: &outcome, log: log)
            if let command = request.recipe.evaluate, outcome.failure == nil {
                try steps.takeModel(from: outcome.outputs)
                try await steps.run(.evaluate, command: command, into: &outcome, log: log)
            }
        case .evaluate:
            guard let command = request.recipe.evaluate, request.model != nil else {
                throw RecipeRunnerError.nothingToEvaluate
            }
            try await steps.run(.evaluate, command: command, into: &outcome, log: log)
        }
        // A cancelled run proves nothing anyway, and a cancelled task would stop at the check.
        if outcome.failure?.reason != .cancelled {
            try steps.checkInputs { .inputChanged(input: $0, path: $1) }
        }
        outcome.facts.host = await HostFacts.capture(executor: executor.probe(), root: steps.root).values
            .merging(steps.environmentFacts(outcome)) { _, inside in inside }
            .merging(environment.facts) { _, known in known }
        return outcome
    }
}
