import RegistryTypes

extension TensorEvidence {
    /// Enters what a pass over one side found.
    mutating func note(_ scan: TensorScan, _ side: ComparisonSide) {
        switch side {
        case .original:
            rmsOriginal = scan.rms
            nonfiniteOriginal = scan.nonfinite
        case .reproduced:
            nonfiniteReproduced = scan.nonfinite
        }
    }
}
