import Foundation
import RegistryClient
import Synchronization

/// Draws a progress bar on standard error, at most ten times a second; a class because many tasks report to it.
package final class ProgressDisplay: Sendable {
    private let label: String
    private let isShown: Bool
    private let last: Mutex<ContinuousClock.Instant?> = Mutex(nil)

    init(label: String, isShown: Bool) {
        self.label = label
        self.isShown = isShown
    }

    /// Takes the progress of a transfer.
    var report: TransferProgress {
        { done, total in self.draw(done, total) }
    }

    /// Removes the line.
    func finish() {
        if isShown { write("\r\u{1B}[K") }
    }

    private func draw(_ done: Int64, _ total: Int64) {
        guard isShown else { return }
        let now = ContinuousClock.now
        let isDue = last.withLock { last in
            if let last, now - last < .milliseconds(100), done < total { return false }
            last = now
            return true
        }
        if isDue {
            write("\r" + PlainText.clean(ProgressBar.line(label: label, done: done, total: total)) + "\u{1B}[K")
        }
    }

    private func write(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }
}
