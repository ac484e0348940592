import Foundation
import SystemPackage

/// Reads the members of an uncompressed tar archive one after the other; believes nothing of what it says.
struct TarReader: ~Copyable {
    private static let block = 512
    private static let longestExtension = 1 << 20

    private let file: FileDescriptor
    /// Where the next header stands.
    private var position: Int64 = 0
    private let length: Int64

    init(_ path: FilePath) throws(RootError) {
        let opened: (file: FileDescriptor, length: Int64)
        do {
            let file = try FileDescriptor.open(path, .readOnly)
            opened = (file, try file.seek(offset: 0, from: .end))
        } catch {
            throw RootError.cannotUnpack("\(path) cannot be read: \(error)")
        }
        file = opened.file
        length = opened.length
    }

    deinit { try? file.close() }

    /// The next member and where its bytes begin; nil at the end.
    mutating func next() throws(RootError) -> (entry: TarEntry, offset: Int64)? {
        var attributes: [String: String] = [:]
        while position + Int64(Self.block) <= length {
            let header = try read(at: position, count: Self.block)
            if header.allSatisfy({ $0 == 0 }) { return nil }
            guard Self.isHeader(header) else { throw .notAcceptable("at byte \(position) there is no tar header") }
            let size: Int64
            if let text = attributes["size"] {
                size = try Self.decimal(text)
            } else {
                size = try Self.number(header[124..<136])
            }
            let offset = position + Int64(Self.block)
            guard size >= 0, size <= length - offset else {
                throw .notAcceptable("a member is longer than the archive; it was cut off")
            }
            position = offset + (size + 511) / 512 * 512
            switch header[156] {
            case UInt8(ascii: "x"):
                try Self.add(try text(offset, size), to: &attributes)
            case UInt8(ascii: "g"): break
            case UInt8(ascii: "L"): attributes["path"] = Self.string(try text(offset, size)[...])
            case UInt8(ascii: "K"): attributes["linkpath"] = Self.string(try text(offset, size)[...])
            default:
                return (try Self.entry(header, size: size, attributes), offset)
            }
        }
        return nil
    }

    /// Hands the bytes of a member over in pieces of at most 1 MiB.
    func copy(from offset: Int64, size: Int64, to target: FileDescriptor) throws {
        var done: Int64 = 0
        while done < size {
            let piece = try read(at: offset + done, count: Int(min(size - done, 1 << 20)))
            _ = try target.writeAll(piece)
            done += Int64(piece.count)
        }
    }

    private func read(at offset: Int64, count: Int) throws(RootError) -> [UInt8] {
        do {
            let bytes = try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                while filled < count {
                    let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
                    let read = try file.read(fromAbsoluteOffset: offset + Int64(filled), into: rest)
                    if read == 0 { break }
                    filled += read
                }
            }
            guard bytes.count == count else { throw RootError.notAcceptable("the archive was cut off") }
            return bytes
        } catch let error as RootError {
            throw error
        } catch {
            throw .cannotUnpack("\(error)")
        }
    }

    private func text(_ offset: Int64, _ size: Int64) throws(RootError) -> [UInt8] {
        guard size <= Self.longestExtension else { throw .notAcceptable("a name is longer than a megabyte") }
        return try read(at: offset, count: Int(size))
    }
}

extension TarReader {
    /// Whether the checksum is right: the sum of all bytes with the checksum's own as spaces.
    private static func isHeader(_ header: [UInt8]) -> Bool {
        var sum: Int64 = 0
        for (index, byte) in header.enumerated() { sum += (148..<156).contains(index) ? 32 : Int64(byte) }
        return (try? number(header[148..<156])) == sum
    }

    /// An octal number, or a binary one where the first bit is set (GNU).
    private static func number(_ field: ArraySlice<UInt8>) throws(RootError) -> Int64 {
        guard let first = field.first else { return 0 }
        if first & 0x80 != 0 {
            guard first == 0x80, field.dropFirst().dropLast(8).allSatisfy({ $0 == 0 }) else {
                throw .notAcceptable("a number is too large")
            }
            let value = field.suffix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            guard value <= UInt64(Int64.max) else { throw .notAcceptable("a number is too large") }
            return Int64(value)
        }
        let digits = field.drop { $0 == 32 || $0 == 0 }.prefix { (48..<56).contains($0) }
        return digits.reduce(0) { $0 << 3 | Int64($1 - 48) }
    }

    private static func decimal(_ text: String) throws(RootError) -> Int64 {
        guard let number = Int64(text), number >= 0 else { throw .notAcceptable("a size is no number") }
        return number
    }

    private static func string(_ field: ArraySlice<UInt8>) -> String {
        String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// Records of a pax header: `length key=value\n`.
    private static func add(_ bytes: [UInt8], to attributes: inout [String: String]) throws(RootError) {
        var rest = bytes[...]
        while let space = rest.firstIndex(of: 32) {
            guard let length = Int(String(decoding: rest[..<space], as: UTF8.self)), length > space - rest.startIndex,
                length <= rest.count
            else { throw .notAcceptable("an extended header cannot be read") }
            let record = rest[(space + 1)..<(rest.startIndex + length)].dropLast()
            guard let equals = record.firstIndex(of: 61) else {
                throw .notAcceptable("an extended header cannot be read")
            }
            let key = String(decoding: record[..<equals], as: UTF8.self)
            guard !key.hasPrefix("GNU.sparse") else { throw .notAcceptable("it holds sparse files") }
            attributes[key] = String(decoding: record[(equals + 1)...], as: UTF8.self)
            rest = rest[(rest.startIndex + length)...]
        }
    }

    private static func entry(
        _ header: [UInt8], size: Int64, _ attributes: [String: String]
    ) throws(RootError) -> TarEntry {
        let prefix = header[257..<262].elementsEqual("ustar".utf8) && header[262] == 0 ? string(header[345..<500]) : ""
        let name = string(header[0..<100])
        let path = attributes["path"] ?? (prefix.isEmpty ? name : prefix + "/" + name)
        let target = attributes["linkpath"] ?? string(header[157..<257])
        let mode = UInt16(truncatingIfNeeded: try number(header[100..<108]))
        let kind: TarEntry.Kind
        switch header[156] {
        case 0, UInt8(ascii: "0"), UInt8(ascii: "7"): kind = path.hasSuffix("/") ? .folder : .file
        case UInt8(ascii: "1"): kind = .hardLink(target)
        case UInt8(ascii: "2"): kind = .symbolicLink(target)
        case UInt8(ascii: "3"), UInt8(ascii: "4"), UInt8(ascii: "6"): kind = .special
        case UInt8(ascii: "5"): kind = .folder
        default: throw .notAcceptable("\(path.prefix(200)) is of a kind that is not unpacked")
        }
        return TarEntry(path: path, kind: kind, mode: mode, size: size)
    }
}
