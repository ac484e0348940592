extension PickleMachine {
    /// Tuples, lists, sets and dictionaries.
    mutating func contain(_ opcode: PickleOpcode) throws {
        switch opcode {
        case .emptyTuple: try push(.tuple, [])
        case .tuple: try push(.tuple, try popToMark())
        case .tuple1: try push(tuple: 1)
        case .tuple2: try push(tuple: 2)
        case .tuple3: try push(tuple: 3)
        case .emptyList: try push(.list, [])
        case .list: try push(.list, try popToMark())
        case .emptyDict: try push(.dictionary, [])
        case .dict: try push(.dictionary, try pairs())
        case .emptySet: try push(.set, [])
        case .frozenSet: try push(.set, try popToMark())
        case .append:
            let value = try pop()
            try add(elements: [value], to: try top())
        case .appends, .addItems:
            let values = try popToMark()
            try add(elements: values, to: try top())
        case .setItem:
            let value = try pop()
            let key = try pop()
            try add(pairs: [key, value], to: try top())
        default:
            let values = try pairs()
            try add(pairs: values, to: try top())
        }
    }

    private mutating func push(_ kind: PickleNode.Kind, _ children: ArraySlice<Int32>) throws {
        push(try graph.add(PickleNode(kind: kind, children: Array(children))))
    }

    private mutating func push(tuple count: Int) throws {
        var values: [Int32] = []
        for _ in 0..<count { values.append(try pop()) }
        try push(.tuple, values.reversed()[...])
    }

    private mutating func pairs() throws -> ArraySlice<Int32> {
        let values = try popToMark()
        guard values.count.isMultiple(of: 2) else { throw malformed("has a key without a value") }
        return values
    }

    private func add(elements: ArraySlice<Int32>, to id: Int32) throws {
        switch graph[id].kind {
        case .list, .set: graph.append(elements, to: id)
        case .object: for element in elements { graph.append(PickleNode.PartTag.element, element, to: id) }
        default: throw malformed("adds an element to something that has none")
        }
    }

    private func add(pairs: ArraySlice<Int32>, to id: Int32) throws {
        switch graph[id].kind {
        case .dictionary, .object: graph.append(pairs, to: id)
        default: throw malformed("sets an item of something that has none")
        }
    }
}
