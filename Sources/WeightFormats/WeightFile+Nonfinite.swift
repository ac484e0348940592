package import RegistryTypes

extension WeightFile {
    /// The tensors that hold NaN or infinities, with their counts; empty if everything is finite.
    ///
    /// Reads all floating-point elements once; throws what reading throws.
    package func nonfinite() throws -> [(tensor: String, counts: NonfiniteCounts)] {
        var found: [(String, NonfiniteCounts)] = []
        for tensor in tensors where tensor.dtype.isFloatingPoint {
            var scan = TensorScan(tensor)
            try tensor.forEachChunk { scan.add($0) }
            if scan.nonfinite.total > 0 { found.append((tensor.name, scan.nonfinite)) }
        }
        return found
    }
}
