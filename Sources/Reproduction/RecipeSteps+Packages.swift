import Foundation
import RegistryTypes
import SystemPackage

extension RecipeSteps {
    /// The longest lock file, in bytes.
    private static let longestLock = 4 << 20

    /// Compares the wheels with the lock file of the source and unpacks them, once for all commands.
    ///
    /// - Parameter work: a fresh copy of the source.
    /// - Throws: `PackagesError`, `RecipeRunnerError`, `CancellationError`.
    mutating func preparePackages(lockedIn work: FilePath) throws {
        guard let python = recipe.python, packages == nil else { return }
        let name = Recipe.Python.wheelsInput
        guard let input = request.inputs.first(where: { $0.name == name }) else {
            throw RecipeRunnerError.inputMissing(name)
        }
        let lock = try RequirementsLock(text(of: python.requirements, in: work))
        let wheels = try input.files.map { try Wheel(fileName: $0.path.text, digest: $0.sha256) }
        try lock.check(wheels)
        packages = try packageCache.unpack(wheels, in: input.folder, as: ArtifactManifest(input.files).digest())
    }

    /// Reads a file of the source, following no link out of it.
    private func text(of path: ArtifactPath, in work: FilePath) throws -> String {
        let names = path.text.split(separator: "/").map(String.init)
        guard let name = names.last, let folder = try? RootFolder(path: work).folder(names.dropLast(), making: false),
            RootFolder.kind(of: folder.appending(name)) == S_IFREG,
            let text = SmallFile.read(folder.appending(name), limit: Self.longestLock + 1)
        else { throw PackagesError.lockMissing(path.text) }
        guard text.utf8.count <= Self.longestLock else { throw PackagesError.notAcceptable("\(path) is too long") }
        return text
    }
}
