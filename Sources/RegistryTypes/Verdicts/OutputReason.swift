/// Why the verdict over one output is what it is, where the numbers alone do not say it.
public enum OutputReason: String, Sendable, Hashable, Codable, CaseIterable {
    /// The bytes differ and Assay cannot read tensors from files of this kind.
    case formatOpaque = "format-opaque"
    /// The bytes differ and the original cannot be read as its format says.
    case originalUnreadable = "original-unreadable"
    /// The original can be read, the reproduced file cannot.
    case reproducedUnreadable = "reproduced-unreadable"
    /// Something differs that is no tensor and has no tolerance: an operator, a setting, a text.
    case structureDiffers = "structure-differs"
}
