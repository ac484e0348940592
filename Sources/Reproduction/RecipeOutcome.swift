package import RegistryTypes

/// How the run of a recipe went.
package struct RecipeOutcome: Sendable {
    /// Why a run failed.
    package struct Failure: Sendable, Hashable {
        /// In the words of verdict records: `exit-code`, `timeout`, `missing-output`, …
        package let reason: ExecutionFailureReason
        /// In a sentence.
        package let explanation: String

        /// Describes a failure.
        package init(reason: ExecutionFailureReason, explanation: String) {
            self.reason = reason
            self.explanation = explanation
        }
    }

    /// The declared files, in the order of the recipe; of a failed run those of the commands that went through.
    package var outputs: [RecipeOutput]
    /// Files that the commands wrote besides, at most twenty for each.
    package var undeclared: [String] = []
    /// What was found while running.
    package var facts: RunFacts
    /// Why the run failed; nil if it went through.
    package var failure: Failure?
}
