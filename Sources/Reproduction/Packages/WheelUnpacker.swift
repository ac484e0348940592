import Foundation
import RegistryTypes
import SystemPackage
import WeightFormats

/// Unpacks wheels into one folder that Python can import from, as an installer would, and executes nothing.
///
/// What belongs elsewhere than among the modules is left out: scripts, headers and data files of a whole system.
struct WheelUnpacker {
    /// What all wheels together may hold.
    struct Limits: Sendable {
        var bytes: Int64 = 32 << 30
        var files = 1_000_000
    }

    private let root: RootFolder
    private var limits: Limits

    /// Unpacks into a folder that is empty.
    init(_ folder: FilePath, limits: Limits = Limits()) {
        root = RootFolder(path: folder)
        self.limits = limits
    }

    /// Unpacks the wheel at a path; throws `PackagesError`, or `CancellationError`.
    mutating func unpack(_ wheel: FilePath) throws {
        let name = wheel.lastComponent?.string ?? "a wheel"
        do {
            let archive = try ZipArchive(path: wheel.string)
            for member in archive.members where !member.name.hasSuffix("/") {
                try Task.checkCancellation()
                guard let path = try Self.place(of: member.name) else { continue }
                limits.files -= 1
                limits.bytes -= Int64(member.size)
                guard limits.files >= 0, limits.bytes >= 0 else {
                    throw PackagesError.noWheel(name, "with the others it holds more than may be unpacked")
                }
                try write(member, of: archive, at: path)
            }
        } catch let error as RegistryError {
            throw PackagesError.noWheel(name, error.message)
        } catch RootError.notAcceptable(let why) {
            throw PackagesError.noWheel(name, why)
        } catch RootError.cannotUnpack(let why) {
            throw PackagesError.cannotUnpack("\(name): \(why)")
        } catch let error as Errno {
            throw PackagesError.cannotUnpack("\(name): \(error)")
        }
    }

    private func write(_ member: ZipArchive.Member, of archive: ZipArchive, at path: [String]) throws {
        guard let name = path.last, let folder = try root.folder(Array(path.dropLast())) else { return }
        let place = folder.appending(name)
        // Two packages may bring the same file; the last one stays, as with other installers.
        try RootFolder.remove(place)
        // Zip says little of permissions; programs among the modules must run, and nobody can write here anyway.
        let file = try FileDescriptor.open(
            place, .writeOnly, options: [.create, .exclusiveCreate, .noFollow],
            permissions: [.ownerReadWriteExecute, .groupReadExecute, .otherReadExecute])
        try file.closeAfter { try archive.read(member) { _ = try file.writeAll($0) } }
    }

    /// Where a file of a wheel belongs below the folder; nil for what is left out.
    private static func place(of name: String) throws -> [String]? {
        let names = try RootFolder.names(name)
        guard names.count > 1, names[0].hasSuffix(".data") else { return names.isEmpty ? nil : names }
        return ["purelib", "platlib"].contains(names[1]) && names.count > 2 ? Array(names.dropFirst(2)) : nil
    }
}
