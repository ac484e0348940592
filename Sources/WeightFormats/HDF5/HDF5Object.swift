/// The messages of an object header (specification, section IV.A), of either version, with all continuations.
struct HDF5Object {
    /// A message: what it is, and its data.
    struct Message {
        let type: UInt16
        let data: UnsafeRawBufferPointer
    }

    private(set) var messages: [Message] = []

    private static let continuation: UInt16 = 0x10

    /// Reads the header at an address; no part of it may belong to anything in `visited`.
    init(_ bytes: HDF5Bytes, at address: UInt64, _ visited: inout Set<UInt64>) throws {
        var cursor = try bytes.cursor(address)
        var pending: [ByteCursor] = []
        let isNew = try cursor.next(UInt8.self) != 1
        var flags: UInt8 = 0
        if isNew {
            cursor = try bytes.cursor(address, signature: "OHDR")
            guard try cursor.next(UInt8.self) == 2 else {
                throw HDF5Bytes.unsupported("an object header of a new version")
            }
            flags = try cursor.next(UInt8.self)
            _ = try cursor.next((flags & 0x20 != 0 ? 16 : 0) + (flags & 0x10 != 0 ? 4 : 0))
            pending.append(ByteCursor(try cursor.next(Int(clamping: try cursor.sized(flags)))))
        } else {
            _ = try cursor.next(7)
            let size = Int(try cursor.next(UInt32.self))
            _ = try cursor.next(4)
            pending.append(ByteCursor(try cursor.next(size)))
        }
        while let part = pending.popLast() {
            for place in try read(part, isNew: isNew, flags: flags) {
                guard visited.insert(place.start).inserted else {
                    throw HDF5Bytes.malformed("an object header never ends, or has a part in common with another one")
                }
                let inside = try bytes.cursor(place.start, count: Int(clamping: place.length))
                pending.append(try isNew ? Self.unwrapped(inside) : inside)
            }
        }
    }

    /// Reads the messages of one part; the places of its continuations.
    private mutating func read(
        _ part: ByteCursor, isNew: Bool, flags: UInt8
    ) throws -> [(start: UInt64, length: UInt64)] {
        var cursor = part
        var continuations: [(UInt64, UInt64)] = []
        let head = isNew ? (flags & 4 != 0 ? 6 : 4) : 8
        // What is left and too short for a message is a gap.
        while cursor.left >= head {
            let type = isNew ? UInt16(try cursor.next(UInt8.self)) : try cursor.next(UInt16.self)
            let size = Int(try cursor.next(UInt16.self))
            let messageFlags = try cursor.next(UInt8.self)
            _ = try cursor.next(head - (isNew ? 4 : 5))
            let data = try cursor.next(size)
            if type == Self.continuation {
                var place = ByteCursor(data)
                continuations.append((try place.next(UInt64.self), try place.next(UInt64.self)))
            } else if type != 0 {
                guard messageFlags & 2 == 0 else { throw HDF5Bytes.unsupported("messages that objects share") }
                messages.append(Message(type: type, data: data))
                guard messages.count <= 65_536 else { throw HDF5Bytes.malformed("an object has too many messages") }
            }
        }
        return continuations
    }

    /// A continuation of version 2 without its signature and checksum.
    private static func unwrapped(_ cursor: ByteCursor) throws -> ByteCursor {
        var cursor = cursor
        guard cursor.left >= 8, try cursor.next(4).elementsEqual("OCHK".utf8) else {
            throw HDF5Bytes.malformed("an object header's continuation is missing")
        }
        return ByteCursor(try cursor.next(cursor.left - 4))
    }

    /// The only message of a type, or nil; throws if there are several.
    func only(_ type: UInt16) throws -> ByteCursor? {
        let found = messages.filter { $0.type == type }
        guard found.count <= 1 else { throw HDF5Bytes.malformed("an object has the message \(type) twice") }
        return found.first.map { ByteCursor($0.data) }
    }
}

extension ByteCursor {
    /// A number of 1, 2, 4 or 8 bytes, as the lowest two bits of some flags say.
    mutating func sized(_ flags: UInt8) throws -> UInt64 {
        switch flags & 3 {
        case 0: UInt64(try next(UInt8.self))
        case 1: UInt64(try next(UInt16.self))
        case 2: UInt64(try next(UInt32.self))
        default: try next(UInt64.self)
        }
    }
}
