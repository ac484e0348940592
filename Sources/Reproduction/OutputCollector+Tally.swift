extension OutputCollector {
    /// The files found so far, held to the limits.
    struct Tally {
        private(set) var outputs: [CollectedOutput] = []
        private let limits: Limits
        private var entries: Int
        private var bytes: Int64

        init(limits: Limits) {
            self.limits = limits
            entries = 0
            bytes = 0
        }

        /// Starts an empty list whose limits count on from another one.
        init(limits: Limits, after other: Tally) {
            self.limits = limits
            entries = other.entries
            bytes = other.bytes
        }

        mutating func add(_ output: CollectedOutput) throws(OutputCollectionError) {
            try count(1)
            guard output.size <= limits.fileBytes else {
                throw .tooLarge(output.path, size: output.size, limit: limits.fileBytes)
            }
            bytes += output.size
            guard bytes <= limits.totalBytes else { throw .tooLargeTogether(limit: limits.totalBytes) }
            outputs.append(output)
        }

        /// Folders count like files, so that a million empty ones are refused early.
        mutating func countFolder() throws(OutputCollectionError) {
            try count(1)
        }

        mutating func append(_ other: Tally) {
            outputs += other.outputs.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
            entries = other.entries
            bytes = other.bytes
        }

        private mutating func count(_ more: Int) throws(OutputCollectionError) {
            entries += more
            guard entries <= limits.files else { throw .tooMany(limit: limits.files) }
        }
    }
}
