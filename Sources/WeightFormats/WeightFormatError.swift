package import RegistryTypes

/// The errors of reading weights, all of one code, so that callers and dialects need to know only one.
package enum WeightFormatError {
    /// A file is not what its format says: damaged, cut off, or made to deceive.
    package static func malformed(_ message: String) -> RegistryError {
        RegistryError(.invalidRequest, message, details: ["weights": "malformed"])
    }

    /// A file may be sound, but has something that Assay does not read.
    package static func unsupported(_ message: String) -> RegistryError {
        RegistryError(.invalidRequest, message, details: ["weights": "unsupported"])
    }

    /// Whether an error says that a file is sound but not supported.
    package static func isUnsupported(_ error: any Error) -> Bool {
        (error as? RegistryError)?.details["weights"] == "unsupported"
    }
}
