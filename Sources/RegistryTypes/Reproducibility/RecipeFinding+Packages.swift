package import Foundation

extension RecipeFinding {
    /// The finding that the wheels at hand are not those that the lock file of a source fixes; nil if they are, if none
    /// are asked for, or if that cannot be told: a patch may change the lock file.
    ///
    /// - Parameters:
    ///   - bundle: the raw git objects of the source.
    ///   - wheels: the files of the dataset that holds the wheels.
    package static func packages(_ recipe: Recipe, bundle: Data, wheels: [ArtifactFile]) -> RecipeFinding? {
        guard let lock = recipe.python?.requirements, recipe.source.patch == nil else { return nil }
        do {
            guard let text = try recipe.source.text(of: lock, in: bundle) else {
                throw PackagesError.lockMissing(lock.text)
            }
            try RequirementsLock(text).check(wheels.map { try Wheel(fileName: $0.path.text, digest: $0.sha256) })
            return nil
        } catch let error as PackagesError {
            return RecipeFinding(
                .prevents, VerdictReason.environmentMissing.rawValue, about: Recipe.Python.wheelsInput, "\(error)",
                fix: "Lock the packages with hashes, and push exactly their wheels as the dataset.")
        } catch {
            // A bundle that proves nothing is a finding of its own.
            return nil
        }
    }
}

extension Recipe.Source {
    /// The text of one file of the source, whose bundle is proven meanwhile; nil if there is no such regular file.
    fileprivate func text(of path: ArtifactPath, in bundle: Data) throws -> String? {
        let verified = try SourceProof.verify(
            bundle, commit: GitObjectID(hex: commit.hex), subfolder: SourceSubfolder(subfolder))
        guard let entry = verified.entries.first(where: { $0.path == path.text && $0.kind != .symlink }) else {
            return nil
        }
        let start = bundle.startIndex + entry.range.lowerBound
        return String(decoding: bundle[start..<start + entry.range.count], as: UTF8.self)
    }
}
