package import RegistryTypes

/// What the recipe says about the output that is compared.
package struct ComparedOutput: Sendable {
    /// The output's path.
    package let path: ArtifactPath
    /// The output's role.
    package let role: Recipe.Role
    /// The format to read the files with; nil to tell it by name and content of the original.
    package let format: (any WeightFormat)?
    /// Type and shape of raw numbers.
    package let layout: RawLayout?

    /// Describes an output.
    package init(
        path: ArtifactPath, role: Recipe.Role = .weights, format: (any WeightFormat)? = nil, layout: RawLayout? = nil
    ) {
        self.path = path
        self.role = role
        self.format = format
        self.layout = layout
    }
}
