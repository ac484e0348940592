import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Requests one after another over one connection, byte for byte as they stand; where it ended, a new one is opened.
final class KeptConnection {
    /// What came back to one request.
    struct Answer {
        let status: Int
        let head: String
        let body: Data

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    private let port: Int
    private var descriptor: Int32 = -1
    private var unread = Data()

    private init(_ port: Int) { self.port = port }

    deinit { disconnect() }

    /// Runs what asks on a thread of its own, since it waits for each answer.
    static func run<Result: Sendable>(
        _ port: Int?, _ body: @escaping @Sendable (KeptConnection) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Swift.Result { try body(KeptConnection(port ?? 0)) })
            }
        }
    }

    /// Sends a request and reads its answer.
    func ask(_ request: Data, isHead: Bool = false) throws -> Answer {
        if descriptor < 0 { descriptor = try RawExchange.connect(port) }
        unread = Data()
        try send(request)
        let answer = try read(isHead: isHead)
        if answer.head.lowercased().contains("connection: close") { disconnect() }
        return answer
    }

    private func disconnect() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }

    /// What the server did not take is no error: it may have answered before.
    private func send(_ data: Data) throws {
        data.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count, let start = bytes.baseAddress {
                let count = Glibc.send(descriptor, start + done, bytes.count - done, Int32(MSG_NOSIGNAL))
                guard count > 0 else { return }
                done += count
            }
        }
    }

    private func read(isHead: Bool) throws -> Answer {
        let head = String(decoding: try take(through: "\r\n\r\n"), as: UTF8.self)
        guard let status = Int(head.dropFirst(9).prefix(3)) else { throw POSIXError(.EPROTO) }
        if status == 100 { return try read(isHead: isHead) }
        var body = Data()
        if isHead || status == 204 || status == 304 {
        } else if let match = head.firstMatch(of: /(?i)\r\ncontent-length: ([0-9]+)/), let length = Int(match.1) {
            body = try take(length)
        } else {
            while let size = Int(try line(), radix: 16) {
                body += try take(size)
                _ = try line()
                if size == 0 { break }
            }
        }
        return Answer(status: status, head: head, body: body)
    }

    private func line() throws -> String {
        String(decoding: try take(through: "\r\n").dropLast(2), as: UTF8.self)
    }

    private func take(through end: String) throws -> Data {
        while true {
            if let range = unread.range(of: Data(end.utf8)) { return try take(range.upperBound - unread.startIndex) }
            try receive()
        }
    }

    private func take(_ count: Int) throws -> Data {
        while unread.count < count { try receive() }
        defer { unread = unread.dropFirst(count) }
        return Data(unread.prefix(count))
    }

    private func receive() throws {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, 240_000) > 0 else { throw POSIXError(.ETIMEDOUT) }
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else {
            disconnect()
            throw POSIXError(.ECONNRESET)
        }
        unread += buffer.prefix(count)
    }
}
