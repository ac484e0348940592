/// Follows the instructions of a pickle without calling anything: what Python would call becomes a record.
///
/// Source: `pickletools` of Python 3.11, which documents every instruction. Nothing here recurses over the pickle's
/// nesting, and everything that grows has a limit in `WeightLimits`.
struct PickleMachine {
    let graph: PickleGraph
    /// Runs over the whole file, so that its offset is the place in it.
    private(set) var cursor: ByteCursor
    private(set) var stack: [Int32] = []
    private var marks: [Int] = []
    private var memo: [Int32] = []
    /// How many places of the memo are taken: the next one that an instruction without a number takes, as in Python.
    private var remembered = 0
    /// Whether arrays follow their descriptions, as joblib writes them.
    private let readsInlineArrays: Bool

    /// Starts at a cursor over all bytes of the graph's file.
    init(_ graph: PickleGraph, at cursor: ByteCursor, readsInlineArrays: Bool = false) {
        self.graph = graph
        self.cursor = cursor
        self.readsInlineArrays = readsInlineArrays
    }

    /// Follows the pickle to its end, and gives its value.
    mutating func run() throws -> Int32 {
        while true {
            try graph.step()
            let byte = try cursor.next(UInt8.self)
            guard let opcode = PickleOpcode(rawValue: byte) else {
                throw malformed("has the unknown instruction \(byte) at byte \(cursor.offset - 1)")
            }
            if opcode == .stop { return try pop() }
            try follow(opcode)
        }
    }

    private mutating func follow(_ opcode: PickleOpcode) throws {
        switch opcode {
        case .mark, .pop, .popMark, .dup: try moveStack(opcode)
        case .get, .binGet, .longBinGet, .put, .binPut, .longBinPut, .memoize: try remember(opcode)
        case .tuple, .emptyTuple, .tuple1, .tuple2, .tuple3, .list, .emptyList, .dict, .emptyDict, .emptySet,
            .frozenSet,
            .append, .appends, .addItems, .setItem, .setItems:
            try contain(opcode)
        case .global, .stackGlobal, .reduce, .newObj, .newObjEx, .inst, .obj, .build, .persID, .binPersID:
            try construct(opcode)
        case .ext1, .ext2, .ext4:
            throw WeightFormatError.unsupported(
                "the pickle uses registered extension codes, which only its writer knows")
        case .nextBuffer, .readonlyBuffer:
            throw WeightFormatError.unsupported(
                "the pickle refers to buffers outside the file; save without buffer_callback")
        default: push(try literal(opcode))
        }
    }

    private mutating func moveStack(_ opcode: PickleOpcode) throws {
        switch opcode {
        case .mark:
            guard marks.count < WeightLimits.pickleMarks else {
                throw WeightFormatError.unsupported("the pickle nests deeper than \(WeightLimits.pickleMarks) levels")
            }
            marks.append(stack.count)
        case .pop where stack.count == marks.last: marks.removeLast()
        case .pop: _ = try pop()
        case .dup: push(try top())
        default: _ = try popToMark()
        }
    }

    private mutating func remember(_ opcode: PickleOpcode) throws {
        switch opcode {
        case .get: push(try recall(try lineNumber()))
        case .binGet: push(try recall(Int(try cursor.next(UInt8.self))))
        case .longBinGet: push(try recall(Int(try cursor.next(UInt32.self))))
        case .put: try keep(at: try lineNumber())
        case .binPut: try keep(at: Int(try cursor.next(UInt8.self)))
        case .longBinPut: try keep(at: Int(try cursor.next(UInt32.self)))
        default: try keep(at: remembered)
        }
    }

    private mutating func lineNumber() throws -> Int {
        guard let number = Int(String(decoding: try cursor.line(), as: UTF8.self)) else {
            throw malformed("has a memo index that is no number")
        }
        return number
    }

    private func recall(_ index: Int) throws -> Int32 {
        guard memo.indices.contains(index), memo[index] >= 0 else {
            throw malformed("refers to something that it has not remembered")
        }
        return memo[index]
    }

    private mutating func keep(at index: Int) throws {
        guard (0..<WeightLimits.pickleValues).contains(index) else {
            throw WeightFormatError.unsupported("the pickle remembers more than \(WeightLimits.pickleValues) values")
        }
        if index >= memo.count { memo += repeatElement(-1, count: index + 1 - memo.count) }
        if memo[index] < 0 { remembered += 1 }
        memo[index] = try top()
    }

    // MARK: - The stack, used by the other files of the machine

    /// Puts a value on the stack, if there is one.
    mutating func push(_ id: Int32?) {
        if let id { stack.append(id) }
    }

    /// The top value above the last mark.
    func top() throws -> Int32 {
        guard stack.count > marks.last ?? 0, let id = stack.last else {
            throw malformed("takes a value that is not there")
        }
        return id
    }

    /// Takes the top value.
    mutating func pop() throws -> Int32 {
        let id = try top()
        stack.removeLast()
        return id
    }

    /// Takes everything above the last mark, and the mark.
    mutating func popToMark() throws -> ArraySlice<Int32> {
        guard let start = marks.popLast() else { throw malformed("lacks a mark") }
        // A copy: a slice of the stack would make its next change copy all of it.
        let values = Array(stack[start...])
        stack.removeLast(values.count)
        return values[...]
    }

    /// Passes over bytes of the file and gives their place.
    mutating func next(_ count: Int) throws -> Range<Int> {
        let start = cursor.offset
        _ = try cursor.next(count)
        return start..<start + count
    }

    /// Reads a little-endian number.
    mutating func number<Number: FixedWidthInteger>(_: Number.Type) throws -> Number { try cursor.next(Number.self) }

    /// Reads a line.
    mutating func line() throws -> UnsafeRawBufferPointer { try cursor.line() }

    /// Reads what follows an array's description, if it is one of joblib's.
    mutating func readInlineArray(_ id: Int32) throws -> Int32? {
        guard readsInlineArrays, let wrapper = try JoblibArray(id, in: graph) else { return nil }
        guard wrapper.dtype.isObjects else {
            let length = try wrapper.dataLength(&cursor)
            return try graph.add(wrapper.node(description: id, data: try next(length)))
        }
        // An array of objects is a pickle of its own, with no arrays inline.
        var inner = PickleMachine(graph, at: cursor)
        let value = try inner.run()
        cursor = inner.cursor
        return value
    }

    /// The error of a damaged pickle.
    func malformed(_ what: String) -> any Error {
        WeightFormatError.malformed("the pickle \(what)")
    }
}
