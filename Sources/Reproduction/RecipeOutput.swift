package import RegistryTypes
package import SystemPackage

/// One file that a command of a recipe wrote and that was declared.
package struct RecipeOutput: Sendable, Hashable {
    /// The path below `$ASSAY_OUTPUTS`.
    package let path: ArtifactPath
    /// What it is for.
    package let role: Recipe.Role
    /// Which command wrote it.
    package let phase: Recipe.Phase
    /// The input that metrics were measured on.
    package let input: String?
    /// Length in bytes.
    package let size: Int64
    /// Where it is on this host.
    package let file: FilePath

    /// Whether the file becomes part of the version: what training wrote, but its logs.
    ///
    /// The same files stand in `/in/model` while evaluating, now and in every later re-evaluation.
    package var belongsToArtifact: Bool { phase == .train && role != .log }
}
