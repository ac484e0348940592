import RegistryTypes

/// The content digests of both sides at once; while both have had the same content only one is computed.
struct ContentHasherPair {
    private var original = ContentHasher()
    /// Nil as long as it would be the same as the original's.
    private var own: ContentHasher?

    /// The hasher of the reproduction.
    private var reproduced: ContentHasher {
        get { own ?? original }
        set { own = newValue }
    }

    /// Begins a tensor of the original alone.
    mutating func begin(original tensor: Tensor) throws {
        own = reproduced
        try original.begin(tensor)
    }

    /// Begins a tensor of the reproduction alone.
    mutating func begin(reproduced tensor: Tensor) throws {
        try reproduced.begin(tensor)
    }

    /// Begins a tensor that both have with the same name, dtype and shape.
    mutating func begin(both tensor: Tensor) throws {
        try original.begin(tensor)
        try own?.begin(tensor)
    }

    /// Adds elements of a tensor that was begun for one side alone.
    mutating func add(_ bytes: UnsafeRawBufferPointer, to side: ComparisonSide) {
        switch side {
        case .original: original.update(bytes)
        case .reproduced: reproduced.update(bytes)
        }
    }

    /// Adds elements of a tensor that was begun for both sides.
    mutating func add(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer, equal: Bool) {
        if !equal { own = reproduced }
        original.update(first)
        own?.update(second)
    }

    /// The digests of everything so far.
    func finish() -> (original: Digest, reproduced: Digest) {
        let digest = original.finish()
        return (digest, own?.finish() ?? digest)
    }
}
