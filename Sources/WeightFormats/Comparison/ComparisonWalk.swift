import RegistryTypes

/// One walk through the tensors of two files in order of their names.
///
/// Every tensor is read once; those that differ a second time, since their tolerance depends on the RMS of the whole.
struct ComparisonWalk {
    private let rules: ComparisonRules
    private(set) var list: EvidenceList
    private(set) var hashers = ContentHasherPair()

    /// Nothing compared yet.
    init(rules: ComparisonRules, listing limit: Int) {
        self.rules = rules
        list = EvidenceList(limit: limit)
    }

    /// Walks through two different files.
    mutating func compare(_ original: WeightFile, _ reproduced: WeightFile) throws(UnreadableSide) {
        var (left, right) = (original.tensors[...], reproduced.tensors[...])
        while true {
            switch (left.first, right.first) {
            case (nil, nil): return
            case (let a?, let b?) where a.name.utf8.elementsEqual(b.name.utf8):
                list.add(try pair(a, b))
                left.removeFirst()
                right.removeFirst()
            case (let a?, let b) where b.map { a.name.utf8.lexicographicallyPrecedes($0.name.utf8) } ?? true:
                list.add(try single(a, .original, .missing))
                left.removeFirst()
            case (_, let b?):
                list.add(try single(b, .reproduced, .added))
                right.removeFirst()
            case (_?, nil): return
            }
        }
    }

    /// Walks through a file whose reproduction has the same bytes.
    mutating func inspect(_ original: WeightFile) throws(UnreadableSide) {
        for tensor in original.tensors {
            var evidence = Self.evidence(tensor, .equal)
            try ComparisonSide.original.reading { try hashers.begin(both: tensor) }
            var scan = TensorScan(tensor)
            var reader = try ComparisonSide.original.reading { try TensorReader(tensor) }
            while let piece = try ComparisonSide.original.reading({ try reader.next() }) {
                hashers.add(piece, piece, equal: true)
                scan.add(piece)
                hashers.settle()
            }
            evidence.note(scan, .original)
            evidence.note(scan, .reproduced)
            list.add(evidence)
        }
    }

    private static func evidence(_ tensor: Tensor, _ finding: TensorFinding) -> TensorEvidence {
        TensorEvidence(
            name: tensor.name, dtype: tensor.dtype, shape: tensor.shape, elements: tensor.elementCount,
            finding: finding)
    }

    private mutating func single(
        _ tensor: Tensor, _ side: ComparisonSide, _ finding: TensorFinding
    ) throws(UnreadableSide) -> TensorEvidence {
        var evidence = Self.evidence(tensor, finding)
        evidence.note(try scan(tensor, side), side)
        return evidence
    }

    /// Reads and hashes a tensor that has no counterpart.
    private mutating func scan(_ tensor: Tensor, _ side: ComparisonSide) throws(UnreadableSide) -> TensorScan {
        try side.reading {
            switch side {
            case .original: try hashers.begin(original: tensor)
            case .reproduced: try hashers.begin(reproduced: tensor)
            }
            var scan = TensorScan(tensor)
            try tensor.forEachChunk { piece in
                hashers.add(piece, to: side)
                scan.add(piece)
                hashers.settle()
            }
            return scan
        }
    }

    private mutating func pair(_ a: Tensor, _ b: Tensor) throws(UnreadableSide) -> TensorEvidence {
        if a.size == b.size { return try sameShape(a, b) }
        var evidence = Self.evidence(a, a.dtype == b.dtype ? .shapeChanged : .dtypeChanged)
        evidence.reproducedDtype = a.dtype == b.dtype ? nil : b.dtype
        evidence.reproducedShape = a.shape == b.shape ? nil : b.shape
        evidence.note(try scan(a, .original), .original)
        evidence.note(try scan(b, .reproduced), .reproduced)
        return evidence
    }

    private mutating func sameShape(_ a: Tensor, _ b: Tensor) throws(UnreadableSide) -> TensorEvidence {
        try ComparisonSide.original.reading { try hashers.begin(both: a) }
        var scanA = TensorScan(a)
        // Nil as long as it would be the same as the original's.
        var scanB: TensorScan?
        var pieces = try PairReader(a, b)
        while let (first, second) = try pieces.next() {
            let equal = first.hasSameBytes(as: second)
            hashers.add(first, second, equal: equal)
            if !equal { scanB = scanB ?? scanA }
            scanA.add(first)
            scanB?.add(second)
            hashers.settle()
        }
        var evidence = Self.evidence(a, .equal)
        evidence.note(scanA, .original)
        evidence.note(scanB ?? scanA, .reproduced)
        if let scanB { try compareValues(a, b, scanA, scanB, into: &evidence) }
        return evidence
    }

    private func compareValues(
        _ a: Tensor, _ b: Tensor, _ scanA: TensorScan, _ scanB: TensorScan, into evidence: inout TensorEvidence
    ) throws(UnreadableSide) {
        var tolerance = DefaultTolerance.tolerance(a.dtype, rms: scanA.rms ?? 0)
        if a.dtype.isFloatingPoint, let rule = rules.rule(for: a.name) {
            tolerance.absolute = rule.tolerance.absolute ?? tolerance.absolute
            tolerance.relative = rule.tolerance.relative ?? tolerance.relative
            evidence.toleranceRule = rule.pattern
        }
        var comparison = ValueComparison(
            a.dtype, tolerance: tolerance, largestRMS: max(scanA.rms ?? 0, scanB.rms ?? 0))
        var pieces = try PairReader(a, b)
        while let (first, second) = try pieces.next() { comparison.add(first, second) }
        let difference = comparison.difference(original: scanA, reproduced: scanB)
        evidence.tolerance = tolerance
        evidence.difference = difference
        evidence.finding = difference.beyondTolerance > 0 ? .diverged : .withinTolerance
    }
}
