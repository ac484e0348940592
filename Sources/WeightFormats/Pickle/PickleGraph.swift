/// All values of a pickle. A class, because the machines that fill it run one inside the other.
final class PickleGraph {
    /// The file; long strings and arrays stay slices of it.
    let file: MappedFile
    private(set) var nodes: [PickleNode] = []
    /// Bytes that do not lie in the file as they are, such as text with escapes.
    private(set) var converted: [UInt8] = []
    /// The dotted names of classes and functions.
    private(set) var names: [String] = []
    private var nameIndices: [String: Int] = [:]
    /// How many instructions have been followed.
    private var steps = 0
    private var convertedFile: MappedFile?

    /// Nothing read yet.
    init(_ file: MappedFile) {
        self.file = file
    }

    /// Adds a value.
    func add(_ node: PickleNode) throws -> Int32 {
        guard nodes.count < WeightLimits.pickleValues else {
            throw WeightFormatError.unsupported(
                "the pickle has more than \(WeightLimits.pickleValues) values; save large arrays as safetensors or npz")
        }
        nodes.append(node)
        return Int32(nodes.count - 1)
    }

    /// Adds bytes that do not lie in the file.
    func add(_ kind: PickleNode.Kind, converted bytes: [UInt8]) throws -> Int32 {
        guard bytes.count <= WeightLimits.converted - converted.count else {
            throw WeightFormatError.unsupported(
                "the pickle holds more than \(WeightLimits.converted >> 20) MiB as escaped text; save it with a newer "
                    + "pickle protocol")
        }
        let offset = -1 - converted.count
        converted += bytes
        return try add(PickleNode(kind: kind, first: offset, second: bytes.count))
    }

    /// Adds a class or function by its dotted name.
    func add(global name: String) throws -> Int32 {
        let name = Self.current(name)
        let index = nameIndices[name] ?? names.count
        if index == names.count {
            guard names.count < WeightLimits.pickleNames, name.utf8.count <= WeightLimits.name else {
                throw WeightFormatError.unsupported("the pickle names too many classes and functions")
            }
            names.append(name)
            nameIndices[name] = index
        }
        return try add(PickleNode(kind: .global, first: index))
    }

    /// Modules that were renamed, under one name.
    private static func current(_ name: String) -> String {
        for (old, new) in [("__builtin__.", "builtins."), ("copy_reg.", "copyreg."), ("numpy._core.", "numpy.core.")]
        where name.hasPrefix(old) {
            return new + name.dropFirst(old.count)
        }
        return name
    }

    /// Counts an instruction.
    func step() throws {
        steps += 1
        guard steps <= WeightLimits.pickleSteps else {
            throw WeightFormatError.unsupported("the pickle has more than \(WeightLimits.pickleSteps) instructions")
        }
    }

    /// Adds children to a value.
    func append(_ children: ArraySlice<Int32>, to id: Int32) {
        nodes[Int(id)].children.append(contentsOf: children)
    }

    /// Adds a part to an object.
    func append(_ tag: Int32, _ part: Int32, to id: Int32) {
        nodes[Int(id)].children.append(tag)
        nodes[Int(id)].children.append(part)
    }

    /// A copy of the bytes of a text, of bytes, or of a large integer.
    func bytes(_ node: PickleNode) throws -> [UInt8] {
        if node.first >= 0 { return Array(try file.bytes(node.first..<node.first + node.second)) }
        let start = -1 - node.first
        return Array(converted[start..<start + node.second])
    }

    /// The same or the elements of an inline array without a copy, once everything has been read.
    func slice(_ node: PickleNode) throws -> MappedSlice {
        if node.first >= 0 { return try MappedSlice(file, node.first..<node.first + node.second) }
        if convertedFile?.count != converted.count {
            convertedFile = try MappedFile(allocating: converted.count) { $0.copyBytes(from: converted) }
        }
        let start = -1 - node.first
        return try MappedSlice(convertedFile ?? file, start..<start + node.second)
    }
}
