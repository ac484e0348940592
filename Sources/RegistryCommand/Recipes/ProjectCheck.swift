import Foundation
import RegistryClient
import RegistryTypes
import Reproduction
import WeightFormats

/// `assay run --check`: what would prevent or weaken the repetition of a run of this project, before it is run.
struct ProjectCheck {
    let folder: String
    let client: RegistryClient
    /// The executor that was chosen; nil for the first that works.
    let executor: String?

    /// Everything that was found; runs and records nothing.
    func check(_ read: () throws -> [Project.Step]) async -> RecipeCheck {
        var found = await machine
        do {
            for step in try read() {
                found += await check(step).map { finding in
                    var finding = finding
                    if !step.name.isEmpty {
                        finding.subject = finding.subject.map { "\(step.name): \($0)" } ?? step.name
                    }
                    return finding
                }
            }
        } catch {
            found.append(
                .init(
                    .prevents, "no-recipe", Self.sentence(error), fix: "Mend assay.yaml; nothing else can be checked."))
        }
        return RecipeCheck(kind: .retrain, findings: found)
    }

    private func check(_ step: Project.Step) async -> [RecipeFinding] {
        let place = step.place(in: folder)
        var found = missingScripts(step.file, in: place) + (await missingImage(step.file.environment))
        let (datasets, wheels, lost) = await datasets(of: step.file)
        found += lost
        do {
            let inside = try TemporaryFolder("check")
            defer { inside.remove() }
            let captured = try await CapturedSource(folder: place, commit: nil, allowsDirty: true, scratch: inside)
            found += captured.incomplete.map {
                .init(
                    .prevents, "source-incomplete", "Git does not hold all of the source: \($0).",
                    fix: "Commit the content itself instead of a pointer to it.")
            }
            let recipe = try step.file.recipe(source: captured.source, datasets: datasets)
            found += recipe.findings(for: .retrain) + Self.opaque(recipe) + (await workers(for: recipe, of: step.file))
            let bundle = try Data(contentsOf: captured.bundle.url, options: .alwaysMapped)
            found += [
                RecipeFinding.unusedSeed(recipe, bundle: bundle),
                wheels.flatMap { RecipeFinding.packages(recipe, bundle: bundle, wheels: $0) },
            ].compactMap(\.self)
        } catch let error as GitCaptureError {
            found.append(.init(.prevents, "source-missing", Self.sentence(error), fix: "Commit the project to git."))
        } catch {
            found.append(.init(.prevents, "no-recipe", Self.sentence(error), fix: "Mend assay.yaml."))
        }
        return found
    }

    private static func sentence(_ error: any Error) -> String { (error as? RegistryError)?.message ?? "\(error)" }

    private var machine: [RecipeFinding] {
        get async {
            let (found, probes) = await Executors.firstAvailable(only: executor)
            guard found == nil else { return [] }
            let reasons = probes.compactMap { probe in probe.failure.map { "\(probe.executor): \($0.advice)" } }
            return [
                .init(
                    .prevents, "executor-unavailable",
                    (["No sandbox works on this machine."] + reasons).joined(separator: " "),
                    fix: "`assay doctor` says what is missing.")
            ]
        }
    }

    /// Whether the run may be recorded, and whether a worker could repeat it; the run itself is carried out here.
    private func workers(for recipe: Recipe, of file: AssayFile) async -> [RecipeFinding] {
        let namespace = file.product.namespace
        do {
            try await client.requireRight(to: .push, in: namespace)
            return try await client.checkWorkers(for: JobNeeds(recipe.resources), in: namespace)
        } catch {
            return [
                .init(
                    .prevents, "not-recorded", about: namespace.text,
                    "The server would not record the run: \(Self.sentence(error))",
                    fix: "Ask for the role pusher in \(namespace), or look at ASSAY_URL and ASSAY_TOKEN.")
            ]
        }
    }

    private func missingScripts(_ file: AssayFile, in folder: String) -> [RecipeFinding] {
        let scripts = (file.train + (file.evaluate ?? [])).filter { word in
            !word.hasPrefix("/") && !word.hasPrefix("-") && [".py", ".sh", ".R", ".jl"].contains(where: word.hasSuffix)
        }
        return Set(scripts).sorted().compactMap { script in
            let place = URL(filePath: folder, directoryHint: .isDirectory).appending(path: script)
            guard !FileManager.default.fileExists(atPath: place.path(percentEncoded: false)) else { return nil }
            return .init(
                .prevents, "source-missing", about: script,
                "A command names \(script), which is not in the project's folder.",
                fix: "Add and commit it, or mend the command.")
        }
    }

    /// Asks the registry for the image, as a worker will have to.
    private func missingImage(_ environment: Recipe.Environment) async -> [RecipeFinding] {
        guard let image = environment.image else { return [] }
        do {
            try await RootCache(environment: ProcessInfo.processInfo.environment).check(image)
            return []
        } catch {
            let isMissing = if case RootError.cannotUnpack = error { false } else { true }
            return [
                .init(
                    .prevents, isMissing ? "environment-missing" : "executor-unavailable", about: image.repository,
                    Self.sentence(error),
                    fix: isMissing
                        ? "Push the image, name one that is there, or log in with `skopeo login`."
                        : "`assay doctor` says what is missing.")
            ]
        }
    }

    /// The datasets of the inputs, the files that are the wheels if there are any, and what is wrong with them.
    private func datasets(
        of file: AssayFile
    ) async -> (
        found: [String: (version: VersionReference, artifact: Digest)], wheels: [ArtifactFile]?, lost: [RecipeFinding]
    ) {
        var found: [String: (version: VersionReference, artifact: Digest)] = [:]
        var wheels: [ArtifactFile]?
        var lost: [RecipeFinding] = []
        for input in file.inputs {
            // Whatever is lost or not made yet, the rest of the recipe can be looked at.
            found[input.name] = (VersionReference(name: file.product, selector: .number(1)), Digest.of(Data()))
            guard case .dataset(let dataset) = input.origin else { continue }
            do {
                let record = try await client.version(.datasets, dataset)
                try record.verify(against: dataset)
                let summary = record.summary
                found[input.name] = (
                    VersionReference(name: summary.name, selector: .number(summary.number)), summary.artifact
                )
                if summary.removedAt != nil {
                    lost.append(
                        .init(
                            .prevents, "input-missing", about: input.name, "dataset:\(dataset) was removed.",
                            fix: "Push it again, and name the new version."))
                } else if Recipe.isEnvironment(input.name, of: file.environment, with: file.python) {
                    if input.name == Recipe.Python.wheelsInput { wheels = record.files }
                    lost += try await environmentFindings(of: record, as: input.name)
                }
            } catch {
                lost.append(
                    .init(
                        .prevents, "input-missing", about: input.name, Self.sentence(error),
                        fix: "Push it with `assay dataset push \(dataset.name)`, or mend its name."))
            }
        }
        return (found, wheels, lost)
    }

    /// Whether a dataset can be what the code runs on, and its bytes are still there.
    private func environmentFindings(of record: VersionRecord, as input: String) async throws -> [RecipeFinding] {
        let (name, reason) = (record.summary.name, VerdictReason.environmentMissing.rawValue)
        if input == Recipe.Environment.rootInput, Recipe.Environment.rootArchive(among: record.files) == nil {
            return [
                .init(
                    .prevents, reason, about: input,
                    "dataset:\(name) is no root file system: it must hold one tar archive and nothing else.",
                    fix: "Push rootfs.tar, rootfs.tar.gz or rootfs.tar.zst alone, and name that version.")
            ]
        }
        for file in record.files where file.mode != .symlink {
            guard try await !client.hasBlob(file.sha256, in: name.namespace) else { continue }
            return [
                .init(
                    .prevents, reason, about: input,
                    "The server has lost \(file.path) of dataset:\(name), or does not give it to you.",
                    fix: "Push the same file again with `assay dataset push \(name)`.")
            ]
        }
        return []
    }

    /// Weights whose format nobody reads, by the name of the file: there is none yet.
    private static func opaque(_ recipe: Recipe) -> [RecipeFinding] {
        recipe.outputs.filter { $0.role.isProduct && $0.format == nil }.compactMap { output in
            let ending = output.path.fileName.split(separator: ".").last.map { $0.lowercased() } ?? ""
            let isKnown = KnownWeightFormats.all.contains {
                $0.name != KnownWeightFormats.opaque.name && $0.fileNameExtensions.contains(ending)
            }
            guard !isKnown else { return nil }
            return .init(
                .weakens, "format-opaque", about: output.path.text,
                "By its name it is of no weight format that Assay reads, so only equal bytes or metrics can show that it reproduces.",
                fix: "Save the weights as safetensors or npz, or name the format.")
        }
    }
}
