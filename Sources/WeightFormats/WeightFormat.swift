package import RegistryTypes

/// A kind of file that holds tensors. To add one, write a type beside the others and put it into
/// `KnownWeightFormats.all`.
///
/// The contract:
/// - Opening parses and executes nothing: no code of the file, no code named by the file, no other file.
/// - Every size and offset that the file declares is checked before it is used, against the file's length and against
///   `WeightLimits`; arithmetic on them cannot overflow unseen.
/// - Memory is bounded, however large the file is: tensors are described when it is opened and read in pieces later.
/// - A file that any two readers could understand differently (overlaps, holes, names that stand twice) is refused.
/// - What cannot be read is an error made by `WeightFormatError` that says what is wrong and, where something helps,
///   what to do; there is no partial result.
/// - Formats hold no state and may be used from many tasks at once.
package protocol WeightFormat: Sendable {
    /// The name by which recipes and evidence call the format, such as `safetensors`.
    var name: String { get }

    /// The extensions of its files, in lower case and without the dot.
    var fileNameExtensions: [String] { get }

    /// Whether files of this kind mostly hold something else than weights, as JSON does; false unless a format says so.
    ///
    /// Such a file counts as weights only where a recipe declares it.
    var isGeneral: Bool { get }

    /// Whether a file begins as files of this format do.
    ///
    /// It is asked about files whose name says nothing and gets up to `WeightLimits.headLength` bytes. A format that
    /// cannot be told by its beginning answers false.
    func recognises(head: [UInt8], fileLength: Int) -> Bool

    /// Describes all tensors of a file; throws as said above.
    ///
    /// `layout` comes from the recipe and matters only to formats without a description of their own.
    func open(_ file: MappedFile, layout: RawLayout?) throws -> WeightFile
}

extension WeightFormat {
    package var isGeneral: Bool { false }

    /// The error that every file of another kind gets.
    func notOne(_ what: String) -> RegistryError {
        WeightFormatError.malformed("this is not a \(name) file: \(what)")
    }
}
