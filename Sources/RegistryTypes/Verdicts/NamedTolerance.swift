/// A tolerance as the command line and queries write it: `[name=]absolute[,relative]`, as in `*.bias=1e-4,1e-5`.
public struct NamedTolerance: Sendable, Hashable, CustomStringConvertible {
    /// A pattern over tensor names, or the name of a metric; `*` if none was given.
    public let name: String
    /// The tolerance.
    public let tolerance: Tolerance

    /// Parses the text; throws `invalid-request`.
    public init(_ text: String) throws {
        let cut = text.lastIndex(of: "=")
        name = cut.map { String(text[..<$0]) } ?? "*"
        let parts = text[(cut.map(text.index(after:)) ?? text.startIndex)...]
            .split(separator: ",", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { Double($0) }
        guard !name.isEmpty, (1...2).contains(parts.count), numbers.count == parts.count,
            numbers.allSatisfy({ $0.isFinite && $0 >= 0 })
        else {
            throw RegistryError(
                .invalidRequest,
                "a tolerance is written [name=]absolute[,relative] with numbers of zero or more, as in "
                    + "*.bias=1e-4,1e-5; not \"\(text.prefix(100))\"")
        }
        tolerance = Tolerance(absolute: numbers[0], relative: numbers.count > 1 ? numbers[1] : 0)
    }

    /// The text that `init` parses.
    public var description: String { "\(name)=\(tolerance.absolute ?? 0),\(tolerance.relative ?? 0)" }
}
