/// The version of this program.
package enum ProgramVersion {
    /// By Semantic Versioning.
    package static let current = "0.1.0-unreleased"
}
