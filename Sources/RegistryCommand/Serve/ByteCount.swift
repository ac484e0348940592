import ArgumentParser
import RegistryTypes

/// A number of bytes as people write it: `1048576`, `512MiB`, `20G`.
package struct ByteCount: Sendable, Equatable {
    package let bytes: Int64

    /// Parses a number with one of the letters K, M, G and T, which count in 1024; `iB` or `B` may follow.
    package init(_ text: String) throws {
        guard let match = text.wholeMatch(of: /([0-9]{1,15})(?:([KMGT])(?:iB|B)?)?/), let number = Int64(match.1) else {
            throw RegistryError(.invalidRequest, "\"\(text)\" is not a number of bytes; write 1048576, 512MiB or 20GiB")
        }
        let shift = match.2.flatMap { Array("KMGT").firstIndex(of: Character(String($0))) }.map { ($0 + 1) * 10 } ?? 0
        let (bytes, overflow) = number.multipliedReportingOverflow(by: 1 << shift)
        guard !overflow else { throw RegistryError(.invalidRequest, "\"\(text)\" bytes are too many") }
        self.bytes = bytes
    }
}

extension ByteCount: ExpressibleByArgument {
    package init?(argument: String) {
        guard let count = try? ByteCount(argument) else { return nil }
        self = count
    }
}
