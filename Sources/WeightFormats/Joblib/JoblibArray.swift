import RegistryTypes

/// The description that joblib writes before the elements of an array, which then follow in the stream.
///
/// Source: `NumpyArrayWrapper` in `joblib/numpy_pickle.py` of joblib 1.6.
struct JoblibArray {
    /// The class of the description.
    static let name = "joblib.numpy_pickle.NumpyArrayWrapper"

    let dtype: PickledDType
    let shape: [Int]
    let fortranOrder: Bool
    /// Whether a byte that counts padding, and the padding, come before the elements.
    private let isAligned: Bool

    /// Understands an object; nil if it is not such a description.
    init?(_ id: Int32, in graph: PickleGraph) throws {
        guard let name = graph.call(id)?.name, name.hasPrefix("joblib.numpy_pickle") else { return nil }
        guard name == Self.name, let state = graph.states(id).last,
            let dtype = graph.value("dtype", of: state),
            let shape = graph.value("shape", of: state).flatMap(graph.integers),
            let order = graph.value("order", of: state).flatMap(graph.text), order == "C" || order == "F"
        else {
            throw WeightFormatError.unsupported(
                "the file has an array in a form of joblib that is not read; save it with joblib 0.10 or newer")
        }
        self.dtype = try PickledDType(dtype, in: graph)
        self.shape = shape
        fortranOrder = order == "F"
        isAligned = graph.value("numpy_array_alignment_bytes", of: state).map { graph[$0].kind != .none } ?? false
    }

    /// Passes over the padding and gives the length of the elements in bytes.
    func dataLength(_ cursor: inout ByteCursor) throws -> Int {
        if isAligned { _ = try cursor.next(Int(try cursor.next(UInt8.self))) }
        return try TensorShape(dtype: .uint8, dimensions: shape + [dtype.itemSize]).byteCount
    }

    /// The value that stands for the array.
    func node(description: Int32, data: Range<Int>) -> PickleNode {
        PickleNode(kind: .inlineArray, first: data.lowerBound, second: data.count, children: [description])
    }
}
