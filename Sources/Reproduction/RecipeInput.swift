package import RegistryTypes
package import SystemPackage

/// A dataset that stands ready on this host, with the files it must consist of.
package struct RecipeInput: Sendable, Hashable {
    /// The input's name in the recipe: its folder below `/in`.
    package let name: String
    /// Where the files are on this host.
    package let folder: FilePath
    /// What the folder must hold.
    package let files: [ArtifactFile]

    /// Describes an input.
    package init(name: String, folder: FilePath, files: [ArtifactFile]) {
        self.name = name
        self.folder = folder
        self.files = files
    }
}
