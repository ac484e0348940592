/// What all files of pickles have in common.
enum PickleFile {
    /// Follows the only pickle in a range of the graph's file.
    static func root(_ graph: PickleGraph, _ range: Range<Int>, readsInlineArrays: Bool = false) throws -> Int32 {
        let (root, rest) = try first(graph, range, readsInlineArrays: readsInlineArrays)
        guard rest == 0 else {
            throw WeightFormatError.unsupported(
                "the file goes on behind its first pickle; save one object for each file")
        }
        return root
    }

    /// Follows the pickle that a range of the graph's file begins with, and counts the bytes behind it.
    static func first(
        _ graph: PickleGraph, _ range: Range<Int>, readsInlineArrays: Bool = false
    ) throws -> (root: Int32, rest: Int) {
        var cursor = ByteCursor(try graph.file.bytes(0..<range.upperBound))
        _ = try cursor.next(range.lowerBound)
        var machine = PickleMachine(graph, at: cursor, readsInlineArrays: readsInlineArrays)
        return (try machine.run(), machine.cursor.left)
    }

    /// Opens a file of `pickle.dump` or `joblib.dump`, packed or not.
    static func open(_ file: MappedFile, format: String) throws -> WeightFile {
        let bytes = try PackedPickle.unpack(file)
        let graph = PickleGraph(bytes)
        let root = try root(graph, 0..<bytes.count, readsInlineArrays: true)
        return try PickleWalk.read(root, in: graph, format: format)
    }
}
