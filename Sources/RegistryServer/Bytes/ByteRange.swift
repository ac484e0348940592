import RegistryTypes

/// The part of a file that a `Range` header asks for (RFC 9110 §14): one range; several are answered with the whole.
enum ByteRange: Equatable {
    /// The whole file: no range, a unit or form that may be ignored, or several ranges.
    case whole
    /// Bytes `first … last`, both inside the file.
    case part(Range<Int64>)

    /// Reads a header for a file of `size` bytes.
    ///
    /// Throws `invalid-range` if the range lies outside the file; the response needs `Content-Range: bytes */size`.
    init(_ header: String?, size: Int64) throws {
        guard let header, header.hasPrefix("bytes="), !header.contains(",") else {
            self = .whole
            return
        }
        let bounds = header.dropFirst("bytes=".count).split(separator: "-", omittingEmptySubsequences: false)
        guard bounds.count == 2, bounds.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            !(bounds[0].isEmpty && bounds[1].isEmpty)
        else {
            self = .whole
            return
        }
        let first = bounds[0].isEmpty ? nil : Int64(bounds[0]) ?? .max
        let last = bounds[1].isEmpty ? nil : Int64(bounds[1]) ?? .max
        let range: Range<Int64>
        switch (first, last) {
        case (let first?, let last?) where first > last:
            self = .whole
            return
        case (let first?, let last?): range = first..<max(first, min(last, size - 1) + 1)
        case (let first?, nil): range = first..<max(first, size)
        case (nil, let length): range = max(0, size - (length ?? 0))..<size
        }
        guard !range.isEmpty, range.upperBound <= size else {
            throw RegistryError(
                .invalidRange, "the file has \(size) bytes; \(header) lies outside", details: ["size": String(size)])
        }
        self = .part(range)
    }
}
