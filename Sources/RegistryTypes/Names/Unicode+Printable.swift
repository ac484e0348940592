extension Unicode.Scalar {
    /// Whether the character is seen where it stands: no control characters, nothing that turns or hides text.
    var isPrintable: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }
}
