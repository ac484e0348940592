/// One entry of a tree as it lies in the bytes, before its name and mode are judged.
struct GitTreeRecord {
    let mode: UInt32
    let name: [UInt8]
    let id: GitObjectID
    /// Where the next entry starts.
    let end: Int

    init(content: UnsafeRawBufferPointer, at start: Int, id tree: GitObjectID) throws {
        let problem = SourceProofError.malformedObject(id: tree, problem: "the tree ends in the middle of an entry")
        // "40000" has five digits and "100644" six; a leading zero, as some old tools wrote, makes seven at most.
        guard let space = content[start...].prefix(8).firstIndex(of: UInt8(ascii: " ")), space > start else {
            throw problem
        }
        let longest = content[(space + 1)...].prefix(4097)
        guard let zero = longest.firstIndex(of: 0) else { throw problem }
        let idLength = tree.algorithm.byteCount
        guard content.count - (zero + 1) >= idLength else { throw problem }
        var mode: UInt32 = 0
        for digit in content[start..<space] {
            guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(digit) else { throw problem }
            mode = mode << 3 | UInt32(digit - UInt8(ascii: "0"))
        }
        self.mode = mode
        name = Array(content[(space + 1)..<zero])
        end = zero + 1 + idLength
        id = GitObjectID(
            algorithm: tree.algorithm, copying: UnsafeRawBufferPointer(rebasing: content[(zero + 1)..<end]))
    }
}
