import BlobStore
import Foundation
import RegistryTypes
import WeightFormats

/// Looks for everything that would keep a run from being repeated, or weaken the verdict, without running anything.
struct ReproductionCheck {
    /// The most bytes that one check reads and hashes; of what is beyond, only presence and length are checked.
    static let mostBytes: Int64 = 1 << 30

    /// An input of the recipe, as the registry knows it now.
    struct Input: Sendable {
        let input: Recipe.Input
        let isRemoved: Bool
        let files: [ArtifactFile]
    }

    /// What the database says about the version and its run.
    struct Subject: Sendable {
        let kind: Verdict.Kind
        let run: OriginalRun
        let isRemoved: Bool
        let files: [ArtifactFile]
        /// The names of the metrics that the run recorded.
        let metrics: Set<String>
        /// The lengths of source bundle and patch, by digest; what is not there is lost.
        let sourceSizes: [Digest: Int64]
        let inputs: [Input]
        /// What is said of the workers that could do it.
        let workers: [RecipeFinding]
    }

    let subject: Subject
    let blobs: FileBlobStore
    private var rest = mostBytes
    private var unread = 0
    var found: [RecipeFinding] = []

    init(subject: Subject, blobs: FileBlobStore) {
        self.subject = subject
        self.blobs = blobs
    }

    /// Everything that was found; reads the bytes of source, inputs and weights.
    mutating func findings() throws -> [RecipeFinding] {
        if subject.isRemoved {
            add(
                .prevents, "version-removed", "The version was removed, and its outputs with it.",
                fix: "Nothing brings it back; push the files again as a new version.")
        }
        guard let recipe = subject.run.recipe else {
            add(
                .prevents, "no-recipe", "The version was pushed without a recipe.",
                fix: "Describe the training in assay.yaml and make the version with `assay run`.")
            return found
        }
        found += recipe.findings(for: subject.kind) + subject.workers
        checkSource(recipe)
        checkInputs(recipe)
        checkRoot(recipe)
        if !subject.isRemoved { try checkOutputs(recipe) }
        checkRun(recipe)
        if unread > 0 {
            add(
                .note, "not-all-read",
                "\(unread) large files were not read, only found: their bytes are checked when the run starts.",
                fix: "`assay fsck --read-data` reads everything.")
        }
        return found
    }

    // MARK: - Outputs

    private mutating func checkOutputs(_ recipe: Recipe) throws {
        let declared = Set(recipe.outputs.map(\.path))
        for file in subject.files where !declared.contains(file.path) {
            add(
                .weakens, "undeclared-output", about: file.path.text,
                "The recipe does not declare it, so nobody compares it.",
                fix: "Declare it under outputs.")
        }
        var tensors: [String]? = []
        for output in recipe.outputs where output.role.isProduct {
            guard let file = subject.files.first(where: { $0.path == output.path }) else {
                add(
                    .prevents, "original-missing", about: output.path.text,
                    "The recipe declares it, but the version does not hold it.", fix: "Run again with `assay run`.")
                continue
            }
            if let problem = defect(of: file.sha256, size: file.size) {
                tensors = nil
                add(
                    .prevents, "original-corrupt", about: output.path.text,
                    "The original's bytes are not intact: \(problem).", fix: "Push the same file again.")
            } else if let names = try read(file, as: output) {
                tensors?.append(contentsOf: names)
            } else {
                tensors = nil
            }
        }
        if let tensors { try checkPatterns(recipe, tensors) }
    }

    /// The names of the tensors in a file; nil, with a finding, if it cannot be read.
    private mutating func read(_ file: ArtifactFile, as output: Recipe.Output) throws -> [String]? {
        let mapped = try MappedFile(path: blobs.path(of: file.sha256))
        let format =
            output.format.flatMap(KnownWeightFormats.named)
            ?? KnownWeightFormats.detect(fileName: file.path.fileName, file: mapped)
        do {
            return try format.open(mapped, layout: nil).tensors.map(\.name)
        } catch let error as RegistryError {
            let isOpaque = WeightFormatError.isUnsupported(error)
            add(
                .weakens, isOpaque ? "format-opaque" : "original-unreadable", about: file.path.text,
                "It cannot be read as tensors (\(format.name)): \(error.message). Only equal bytes, or metrics, can show that it reproduces.",
                fix: "Save it in a format that Assay reads, such as safetensors, npz or csv.")
            return nil
        }
    }

    private mutating func checkPatterns(_ recipe: Recipe, _ tensors: [String]) throws {
        for text in recipe.compare.tensors.keys.sorted() {
            let pattern = try NamePattern(text)
            guard !tensors.contains(where: pattern.matches) else { continue }
            add(
                .weakens, "tolerance-unused", about: text, "The tolerance for \(text) fits no tensor of the version.",
                fix: "Check the pattern's spelling against `assay diff`.")
        }
    }

    // MARK: - The run

    private mutating func checkRun(_ recipe: Recipe) {
        if subject.run.version.flags.contains("nonfinite") {
            add(
                .weakens, "nonfinite-original", "The original holds NaN or infinite values.",
                fix: "Fix the training: such a version can never be approved.")
        }
        for name in recipe.compare.metrics.keys.sorted() where !subject.metrics.contains(name) {
            add(
                .weakens, "tolerance-unused", about: name,
                "The tolerance for the metric \(name) fits nothing that was measured.",
                fix: "Check the name against the metrics files.")
        }
        if subject.metrics.isEmpty, recipe.outputs.contains(where: { $0.role == .metrics }) {
            add(
                .weakens, "no-metrics",
                "The run recorded no metrics, so there is nothing to compare measurements with.",
                fix: "Run again with `assay run`, which reads the metrics files.")
        }
        if subject.run.facts.executor == nil {
            add(
                .weakens, "unsandboxed", "The original did not run in a sandbox of Assay: it may have read anything.",
                fix: "Make versions with `assay run`.")
        }
        if subject.run.facts.host == nil {
            add(
                .note, "conditions-unknown", "Nothing is known of the machine of the original run.",
                fix: "Make versions with `assay run`.")
        }
    }

    // MARK: - Bytes

    /// Why stored bytes cannot be used; nil if they are as they were written, or too many to be read here.
    mutating func defect(of digest: Digest, size: Int64) -> String? {
        do {
            let reader = try blobs.open(digest, size: size)
            guard size <= rest else {
                unread += 1
                return nil
            }
            rest -= size
            return try reader.isIntact() ? nil : "they do not have their digest \(digest)"
        } catch {
            return (error as? RegistryError)?.message ?? "\(error)"
        }
    }

    mutating func add(
        _ severity: RecipeFinding.Severity, _ code: String, about subject: String? = nil, _ message: String, fix: String
    ) {
        found.append(RecipeFinding(severity, code, about: subject, message, fix: fix))
    }
}
