import RegistryTypes
import SystemPackage

extension RecipeRunner {
    /// The file system that the recipe names, unpacked if this machine has it not yet, and what is known of it.
    ///
    /// An archive was hashed before; of an image the fact `image` is the digest of the manifest that was unpacked.
    func environment(
        of request: Request, _ log: @Sendable (String) async -> Void
    ) async throws -> (root: ExecutionRequest.Root, facts: [String: String]) {
        let environment = request.recipe.environment
        switch (environment.kind, environment.image) {
        case (.host, _): return (.host, [:])
        case (.rootfs, _): return (.folder(try await root(of: request)), [:])
        case (.image, let image?):
            if roots.find(image) == nil { await log("assay: fetching the image \(image)\n") }
            let unpacked = try await roots.unpack(image)
            return (.folder(unpacked.folder), ["image": unpacked.manifest.description])
        case (.image, nil): throw RecipeRunnerError.rootMissing("The recipe does not name its image.")
        }
    }

    private func root(of request: Request) async throws -> FilePath {
        let name = Recipe.Environment.rootInput
        guard let input = request.inputs.first(where: { $0.name == name }) else {
            throw RecipeRunnerError.inputMissing(name)
        }
        guard let archive = Recipe.Environment.rootArchive(among: input.files) else {
            throw RecipeRunnerError.rootMissing(
                "The dataset of the root file system must hold one file, rootfs.tar, rootfs.tar.gz or rootfs.tar.zst; "
                    + "it holds \(input.files.count).")
        }
        let file = archive.path.text.split(separator: "/").reduce(input.folder) { $0.appending(String($1)) }
        return try await roots.unpack(file, as: archive.sha256)
    }
}
