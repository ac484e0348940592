import RegistryTypes

/// The content digests of both sides at once; while both have had the same content only one is computed.
struct ContentHasherPair {
    private let original = HashingLane()
    /// Nil as long as it would be the same as the original's.
    private var own: HashingLane?

    /// The lane of the reproduction, from where both begin to differ.
    private mutating func reproduced() -> HashingLane {
        let lane = own ?? original.fork()
        own = lane
        return lane
    }

    /// Begins a tensor of the original alone.
    mutating func begin(original tensor: Tensor) throws {
        _ = reproduced()
        try original.begin(tensor)
    }

    /// Begins a tensor of the reproduction alone.
    mutating func begin(reproduced tensor: Tensor) throws {
        try reproduced().begin(tensor)
    }

    /// Begins a tensor that both have with the same name, dtype and shape.
    mutating func begin(both tensor: Tensor) throws {
        try original.begin(tensor)
        try own?.begin(tensor)
    }

    /// Adds elements of a tensor that was begun for one side alone; they must stay valid until `settle`.
    mutating func add(_ bytes: UnsafeRawBufferPointer, to side: ComparisonSide) {
        switch side {
        case .original: original.add(bytes)
        case .reproduced: reproduced().add(bytes)
        }
    }

    /// Adds elements of a tensor that was begun for both sides; they must stay valid until `settle`.
    mutating func add(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer, equal: Bool) {
        if !equal { _ = reproduced() }
        original.add(first)
        own?.add(second)
    }

    /// Waits until the elements that were added are no longer needed.
    func settle() {
        original.settle()
        own?.settle()
    }

    /// The digests of everything so far.
    func finish() -> (original: Digest, reproduced: Digest) {
        let digest = original.finish()
        return (digest, own?.finish() ?? digest)
    }
}
