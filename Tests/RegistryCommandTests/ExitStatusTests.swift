import ArgumentParser
import RegistryCommand
import RegistryTypes
import Testing

/// Scripts rely on the exit codes of the contract.
@Suite struct ExitStatusTests {
    static let codes: [(ErrorCode, Int32)] = [
        (.invalidRequest, 1), (.notVerifiable, 2), (.runFailed, 3), (.versionNotApproved, 4), (.fourEyes, 4),
        (.nonfiniteVersion, 4), (.integrityFailure, 5), (.digestMismatch, 5), (.blobCorrupt, 5), (.notFound, 6),
        (.forbidden, 7), (.unauthenticated, 7), (.tokenExpired, 7), (.serverUnreachable, 8),
    ]

    @Test(arguments: codes)
    func errorsHaveTheirCode(_ row: (ErrorCode, Int32)) {
        let status = ExitStatus(RegistryError(row.0, "what to do"))
        #expect(status.code == row.1)
        #expect(status.message == "assay: what to do")
    }

    @Test func everyCodeIsInTheContract() {
        for code in ErrorCode.allCases { #expect((1...8).contains(code.exitCode), "\(code)") }
    }

    @Test func wrongUsageIsOneAndHelpIsZero() {
        #expect(ExitStatus(ValidationError("say more")).code == 1)
        #expect(ExitStatus(ExitCode(4)).code == 4)
        #expect(ExitStatus(CancellationError()).code == 130)
    }
}
