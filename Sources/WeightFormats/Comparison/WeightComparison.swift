package import RegistryTypes

/// Compares an output of a run with the same output of its reproduction.
package enum WeightComparison {
    /// Compares two files and says how equal they are, with evidence for every tensor.
    ///
    /// - Equal digests are `bit-identical`. The file is still read, for the content digest and to find NaN in it; if
    ///   that fails, reason and detail say so.
    /// - If the original cannot be read, nothing is guessed: `not-verifiable`. So it is if the reproduction has
    ///   something that Assay does not read. A damaged reproduction of a sound original has `diverged`.
    /// - If something differs that is no tensor and yet counts (`WeightFile.structure`), the verdict is `diverged`.
    /// - Otherwise the worst tensor decides between `tensor-equal`, `within-tolerance` and `diverged`.
    ///
    /// The evidence lists at most `limit` tensors, the worst ones.
    /// Memory does not depend on the size of the files; both are read once, and tensors that differ twice. Takes
    /// about a second for each GiB, so call it where blocking is allowed.
    package static func compare(
        original: ComparedFile, reproduced: ComparedFile, output: ComparedOutput, rules: ComparisonRules = .defaults,
        listing limit: Int = OutputEvidence.maximumTensors
    ) -> OutputEvidence {
        let format = output.format ?? KnownWeightFormats.detect(fileName: output.path.fileName, file: original.file)
        var evidence = OutputEvidence(
            path: output.path, role: output.role, format: format.name, verdict: .notVerifiable,
            originalDigest: original.digest, reproducedDigest: reproduced.digest)
        var walk = ComparisonWalk(rules: rules, listing: limit)
        do {
            let first = try ComparisonSide.original.reading { try format.open(original.file, layout: output.layout) }
            if original.digest == reproduced.digest {
                try walk.inspect(first)
                evidence.enter(walk)
            } else {
                let second = try ComparisonSide.reproduced.reading {
                    try format.open(reproduced.file, layout: output.layout)
                }
                try walk.compare(first, second)
                evidence.enter(walk)
                if let difference = StructureDifference(first, second) { evidence.enter(difference) }
            }
        } catch {
            evidence.enter(error)
        }
        return evidence
    }
}

extension OutputEvidence {
    /// Enters the result of a walk that reached the end.
    fileprivate mutating func enter(_ walk: ComparisonWalk) {
        tensors = walk.list.worst
        totals = walk.list.totals
        truncated = totals.tensors > tensors.count
        (originalContentDigest, reproducedContentDigest) = walk.hashers.finish()
        if originalDigest == reproducedDigest {
            verdict = .bitIdentical
        } else if totals.equal == totals.tensors {
            verdict = .tensorEqual
        } else {
            verdict = totals.equal + totals.withinTolerance == totals.tensors ? .withinTolerance : .diverged
        }
    }

    /// Enters that something differs beside the tensors.
    fileprivate mutating func enter(_ difference: StructureDifference) {
        verdict = .diverged
        reason = .structureDiffers
        detail = difference.detail
    }

    /// Enters why one of the files could not be read.
    fileprivate mutating func enter(_ failure: UnreadableSide) {
        detail = (failure.cause as? RegistryError)?.message ?? "\(failure.cause)"
        switch failure.side {
        case _ where WeightFormatError.isUnsupported(failure.cause): reason = .formatOpaque
        case .original: reason = .originalUnreadable
        case .reproduced: reason = .reproducedUnreadable
        }
        if originalDigest == reproducedDigest {
            verdict = .bitIdentical
        } else {
            verdict = reason == .reproducedUnreadable ? .diverged : .notVerifiable
        }
    }
}
