package import Foundation
package import RegistryTypes

/// A message whose turn it is.
package struct DueDelivery: Sendable {
    package let number: Int64
    package let webhook: RunID
    /// Where to; not to be logged.
    package let url: String
    /// The id of the message.
    package let event: String
    package let body: Data
    /// What it is signed with: the present secret, and the one before for a time.
    package let secrets: [WebhookSecret]
    /// How often it was tried before.
    let tries: Int

    /// How long it waits after each try, in seconds: three days in all.
    private static let pauses: [Int64] = [
        5, 30, 120, 600, 1800, 3600, 7200, 14_400, 28_800, 43_200, 86_400, 86_400,
    ]

    /// When it is tried again after one more failure; nil if it is not.
    ///
    /// - Parameter retryAfter: the seconds that the receiver asked for; a day at most counts.
    func dueAt(after now: Int64, retryAfter: Int?) -> Int64? {
        guard tries < Self.pauses.count else { return nil }
        let pause = Self.pauses[tries] * 1000
        // Messages that failed together do not come back together.
        let spread = Int64.random(in: 0...pause / 10)
        return now + max(pause + spread, Int64(min(max(retryAfter ?? 0, 0), 86_400)) * 1000)
    }
}
