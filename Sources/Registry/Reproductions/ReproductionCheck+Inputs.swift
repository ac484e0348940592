import BlobStore
import Foundation
import RegistryTypes

/// What a run reads: its source, its datasets and its root file system.
extension ReproductionCheck {
    mutating func checkSource(_ recipe: Recipe) {
        for part in subject.run.sourceIncomplete {
            add(
                .prevents, "source-incomplete", "Git does not hold all of the source: \(part).",
                fix: "Commit the content itself instead of a pointer to it, and run again.")
        }
        let parts: [(Digest?, String)] = [(recipe.source.bundle, "source bundle"), (recipe.source.patch, "patch")]
        for (digest, what) in parts {
            guard let digest else { continue }
            var problem: String? = "they are not stored"
            if let size = subject.sourceSizes[digest] { problem = defect(of: digest, size: size) }
            if let problem {
                add(
                    .prevents, "source-missing", "The bytes of the \(what) are not intact: \(problem).",
                    fix: "Run `assay run` on commit \(recipe.source.commit) again: it sends them anew.")
            }
        }
        guard
            let bundle = try? Data(
                contentsOf: URL(filePath: blobs.path(of: recipe.source.bundle)), options: .alwaysMapped)
        else { return }
        let wheels = subject.inputs.first { $0.input.name == Recipe.Python.wheelsInput }
        found += [
            RecipeFinding.unusedSeed(recipe, bundle: bundle),
            RecipeFinding.packages(recipe, bundle: bundle, wheels: wheels?.files ?? []),
        ].compactMap(\.self)
    }

    mutating func checkInputs(_ recipe: Recipe) {
        for given in subject.inputs where subject.kind == .retrain || recipe.evaluate != nil {
            let (name, dataset) = (given.input.name, given.input.dataset)
            var isLost = false
            for file in given.files where file.mode != .symlink {
                guard let problem = defect(of: file.sha256, size: file.size) else { continue }
                isLost = true
                let isThere = blobs.contains(file.sha256)
                let reason = isThere ? .inputDigestMismatch : recipe.reason(lacking: name)
                add(
                    .prevents, reason.rawValue, about: name,
                    "\(file.path) of dataset:\(dataset) is not intact: \(problem).",
                    fix: "Push the same file again with `assay dataset push \(dataset.name)`.")
            }
            if given.isRemoved, !isLost {
                add(
                    .weakens, "input-removed", about: name,
                    "dataset:\(dataset) was removed; its bytes go with a coming collection.",
                    fix: "Push the same files as a new version before that.")
            }
        }
    }

    /// The dataset of a root file system is one archive, and nothing beside it.
    mutating func checkRoot(_ recipe: Recipe) {
        guard recipe.environment.kind == .rootfs,
            let root = subject.inputs.first(where: { $0.input.name == Recipe.Environment.rootInput }),
            Recipe.Environment.rootArchive(among: root.files) == nil
        else { return }
        add(
            .prevents, VerdictReason.environmentMissing.rawValue, about: root.input.name,
            "dataset:\(root.input.dataset) is no root file system: it must hold one tar archive and nothing else.",
            fix: "Push rootfs.tar, rootfs.tar.gz or rootfs.tar.zst alone, and name that version.")
    }
}
