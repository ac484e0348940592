/// One object of a source bundle: where its content lies and the name its bytes hash to.
package struct SourceBundleObject: Sendable, Equatable {
    /// The name computed from the bytes.
    package let id: GitObjectID
    /// The type the header states.
    package let type: GitObjectType
    /// The content in the bundle, without the header.
    package let range: Range<Int>
}
