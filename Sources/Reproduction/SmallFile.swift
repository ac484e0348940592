import Foundation
import SystemPackage

/// Reads and writes the small files of `/proc` and control groups, whose size is not known beforehand.
enum SmallFile {
    /// The text of a file, at most `limit` bytes of it, or nil if it cannot be read.
    static func read(_ path: FilePath, limit: Int = 1 << 20) -> String? {
        guard let file = try? FileDescriptor.open(path, .readOnly, options: [.closeOnExec]) else { return nil }
        defer { try? file.close() }
        return read(file, limit: limit)
    }

    /// The text of an open file from its present place on, at most `limit` bytes of it, or nil if it cannot be read.
    static func read(_ file: FileDescriptor, limit: Int) -> String? {
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while content.count < limit {
            let room = min(buffer.count, limit - content.count)
            guard let count = try? buffer.withUnsafeMutableBytes({ try file.read(into: .init(rebasing: $0[..<room])) })
            else { return nil }
            if count == 0 { break }
            content += buffer[..<count]
        }
        return String(decoding: content, as: UTF8.self)
    }

    /// Writes a value into an existing file; false if that is not possible.
    static func write(_ text: String, to path: FilePath) -> Bool {
        guard let file = try? FileDescriptor.open(path, .writeOnly, options: [.closeOnExec]) else { return false }
        defer { try? file.close() }
        return (try? file.writeAll(text.utf8)) != nil
    }

    /// The number after `key` and a space in a file of such lines, for example `oom_kill 1`.
    static func number(_ key: String, in path: FilePath) -> Int64? {
        read(path)?.split(separator: "\n")
            .first { $0.hasPrefix(key + " ") }
            .flatMap { Int64($0.dropFirst(key.count + 1)) }
    }
}
