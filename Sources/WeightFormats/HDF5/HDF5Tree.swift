/// B-trees of version 1 (specification, section III.A.1): of groups (kind 0) and of chunks (kind 1).
enum HDF5Tree {
    /// The most levels; eight hold more than any file.
    private static let maximumLevels = 8

    /// Calls `body` with the key and the address of everything that the leaves hold.
    ///
    /// `visited` holds the addresses of everything seen in the file; nothing is visited twice.
    static func walk(
        _ bytes: HDF5Bytes, root: UInt64, kind: UInt8, keySize: Int, _ visited: inout Set<UInt64>,
        _ body: (UnsafeRawBufferPointer, UInt64) throws -> Void
    ) throws {
        guard root != HDF5Bytes.undefined else { return }
        try walk(bytes, root, kind, keySize, level: nil, &visited, body)
    }

    private static func walk(
        _ bytes: HDF5Bytes, _ address: UInt64, _ kind: UInt8, _ keySize: Int, level expected: UInt8?,
        _ visited: inout Set<UInt64>, _ body: (UnsafeRawBufferPointer, UInt64) throws -> Void
    ) throws {
        guard visited.insert(address).inserted else {
            throw HDF5Bytes.malformed("a tree has a cycle, or a node in common with another one")
        }
        var cursor = try bytes.cursor(address, signature: "TREE")
        let type = try cursor.next(UInt8.self)
        let level = try cursor.next(UInt8.self)
        guard type == kind, level < maximumLevels, expected.map({ $0 == level }) ?? true else {
            throw HDF5Bytes.malformed("a tree has nodes of another kind or level")
        }
        let count = Int(try cursor.next(UInt16.self))
        _ = try cursor.next(16)
        for _ in 0..<count {
            let key = try cursor.next(keySize)
            let child = try cursor.next(UInt64.self)
            if level == 0 {
                try body(key, child)
            } else {
                try walk(bytes, child, kind, keySize, level: level - 1, &visited, body)
            }
        }
    }
}
