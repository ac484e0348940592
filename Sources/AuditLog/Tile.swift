/// A piece of the log as C2SP tlog-tiles lays it out: up to 256 hashes of a level, or the entries of a tile of level 0.
package struct Tile: Hashable, Sendable {
    /// How many hashes or entries a whole tile has.
    package static let fullWidth = 256

    /// The level of its hashes, 0 for leaves; nil for entries.
    package let level: Int?
    /// Its number within the level.
    package let number: Int64
    /// How many hashes or entries it has, from 1 to 256.
    package let width: Int

    /// Names a tile.
    package init(level: Int?, number: Int64, width: Int = fullWidth) {
        self.level = level
        self.number = number
        self.width = width
    }

    /// Parses `tile/<L>/<N>[.p/<W>]` or `tile/entries/<N>[.p/<W>]`; nil for anything else.
    package init?(path: some StringProtocol) {
        var parts = path.split(separator: "/", omittingEmptySubsequences: false)[...]
        guard parts.count >= 3, parts.removeFirst() == "tile" else { return nil }
        let kind = parts.removeFirst()
        let level = kind == "entries" ? nil : Int(kind)
        guard kind == "entries" || level.map({ (0...63).contains($0) && String($0) == kind }) == true else {
            return nil
        }
        var width = Self.fullWidth
        if parts.count >= 2, let last = parts.last, parts[parts.endIndex - 2].hasSuffix(".p") {
            guard let count = Int(last), (1..<Self.fullWidth).contains(count), String(count) == last else { return nil }
            width = count
            parts.removeLast()
            parts.append(parts.removeLast().dropLast(2))
        }
        guard let number = Self.number(parts.joined(separator: "/")) else { return nil }
        self.init(level: level, number: number, width: width)
    }

    /// The path below the log's address.
    package var path: String {
        "tile/\(level.map(String.init) ?? "entries")/\(Self.text(number))\(width == Self.fullWidth ? "" : ".p/\(width)")"
    }

    /// The places of its hashes within the level.
    package var range: Range<Int64> {
        let first = number * Int64(Self.fullWidth)
        return first..<first + Int64(width)
    }

    /// Whether a log of so many entries has it.
    package func isThere(in size: Int64) -> Bool {
        number < 1 << 54 && range.upperBound <= size >> (8 * Int64(level ?? 0))
    }

    /// The tiles of one level, or the bundles of entries, of a log of a size, in their order.
    package static func all(level: Int?, size: Int64) -> some Sequence<Tile> {
        let hashes = size >> (8 * Int64(level ?? 0))
        return (0..<(hashes + 255) / 256).lazy.map { number in
            Tile(level: level, number: number, width: Int(min(hashes - number * 256, 256)))
        }
    }

    /// How many levels of tiles a log of a size has.
    package static func levels(size: Int64) -> Int { (0..<8).prefix { size >> (8 * $0) > 0 }.count }

    /// `1234067` as `x001/x234/067`.
    private static func text(_ number: Int64) -> String {
        let digits = String(number)
        let padded = String(repeating: "0", count: (3 - digits.count % 3) % 3) + digits
        var parts: [Substring] = []
        var rest = padded[...]
        while !rest.isEmpty {
            parts.append(rest.prefix(3))
            rest = rest.dropFirst(3)
        }
        return parts.dropLast().map { "x\($0)/" }.joined() + parts[parts.count - 1]
    }

    private static func number(_ text: String) -> Int64? {
        guard text.utf8.count <= 27, let number = Int64(text.filter { $0 != "x" && $0 != "/" }), number >= 0,
            Self.text(number) == text
        else { return nil }
        return number
    }
}
