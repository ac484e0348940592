import Foundation
import RegistryTypes
import Reproduction

/// The log of a run while it grows: kept in a file and shown. An actor, because commands print while others read.
actor RunLog {
    /// The most that is kept, in bytes.
    static let limit = 32 << 20

    private let handle: FileHandle
    private let show: @Sendable (String) async -> Void
    private var size = 0
    private var tail: [String] = []
    /// Where the log is kept.
    nonisolated let url: URL

    /// Starts a new log.
    ///
    /// - Parameter show: receives every piece as it comes.
    init(_ url: URL, show: @escaping @Sendable (String) async -> Void) throws {
        try Data().write(to: url, options: .withoutOverwriting)
        handle = try FileHandle(forWritingTo: url)
        self.url = url
        self.show = show
    }

    /// Adds a piece.
    func append(_ text: String) async {
        if size < Self.limit {
            try? handle.write(contentsOf: Data(text.utf8))
            size += text.utf8.count
        }
        tail = Array((tail + text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)).suffix(60))
        await show(text)
    }

    /// The last lines, for whoever did not see them pass.
    func lastLines(_ count: Int) -> String {
        tail.filter { !$0.isEmpty }.suffix(count).joined(separator: "\n")
    }
}
