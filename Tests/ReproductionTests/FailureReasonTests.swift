import RegistryTypes
import Reproduction
import Testing

/// What executors and runners say of failed runs are reasons of verdicts, but for the end that somebody asked for.
@Test func everyFailureIsAReasonOfAVerdict() {
    for reason in ExecutionFailureReason.allCases where reason != .cancelled {
        #expect(VerdictReason(rawValue: reason.rawValue)?.outcome == .failed, "\(reason)")
    }
    #expect(ExecutionFailureReason.cancelled.rawValue == JobResult.cancelled)
}
