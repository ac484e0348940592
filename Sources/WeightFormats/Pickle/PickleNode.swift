/// One value of a pickle. Values refer to each other by their index in the graph, so nothing nests in memory, however
/// deep the pickle does.
struct PickleNode {
    /// What a value is.
    enum Kind: UInt8 {
        case none, yes, no
        /// `first` is the number.
        case integer
        /// More than 64 bits: bytes in little-endian two's complement.
        case bigInteger
        /// `first` is the bit pattern.
        case float
        /// UTF-8, or the bytes of a Python 2 string. `first` and `second` are offset and length; an offset below zero
        /// counts from −1 downwards in the converted bytes.
        case text
        case bytes
        /// A class or function, called by nobody: `first` is the index of its name.
        case global
        /// The children are the elements.
        case tuple, list, set
        /// The children are pairs of key and value.
        case dictionary
        /// The record of a call or construction: `first` is the callee, `second` the tuple of arguments. The children
        /// are pairs of a `PartTag` or key, and a value.
        case object
        /// Something outside the pickle: `first` is its id.
        case persistent
        /// An array whose elements follow its description (joblib): offset, length, and the description as child.
        case inlineArray
    }

    /// What was done to an object after its construction, where that was not setting an item.
    enum PartTag {
        static let element: Int32 = -1
        static let state: Int32 = -2
        static let keywords: Int32 = -3
    }

    var kind: Kind
    var first = 0
    var second = 0
    var children: [Int32] = []
}
