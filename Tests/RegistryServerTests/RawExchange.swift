import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What a client gets that writes bytes to a server as it pleases.
struct RawExchange: Sendable {
    /// All that came back until the connection ended, or nothing came for long enough.
    let answer: String
    /// Whether the server ended the connection.
    let isClosed: Bool
    /// How many of the bytes the system took.
    let sent: Int

    /// The status of every answer, in their order.
    var statuses: [Int] { answer.matches(of: #/HTTP/1\.[01] ([0-9]{3})\b/#).compactMap { Int($0.1) } }

    /// Connects, writes the pieces, one after each answer, and reads.
    ///
    /// - Parameter patience: how long an answer is waited for, in seconds; a server that closes is not waited for.
    static func run(_ port: Int?, _ pieces: [Data], patience: Double = 30) async throws -> RawExchange {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Result { try exchange(port ?? 0, pieces, patience) })
            }
        }
    }

    static func run(_ port: Int?, _ text: String, patience: Double = 30) async throws -> RawExchange {
        try await run(port, [Data(text.utf8)], patience: patience)
    }

    /// Opens a connection and leaves it open; close it with `close`.
    static func connect(_ port: Int) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard descriptor >= 0, result == 0 else { throw POSIXError(.ECONNREFUSED) }
        return descriptor
    }

    private static func exchange(_ port: Int, _ pieces: [Data], _ patience: Double) throws -> RawExchange {
        let descriptor = try connect(port)
        defer { close(descriptor) }
        var (answer, isClosed, sent) = (Data(), false, 0)
        for (index, piece) in pieces.enumerated() {
            sent += write(piece, to: descriptor)
            guard !isClosed else { break }
            isClosed = read(from: descriptor, into: &answer, patience, once: index < pieces.count - 1)
        }
        return RawExchange(answer: String(decoding: answer, as: UTF8.self), isClosed: isClosed, sent: sent)
    }

    private static func write(_ data: Data, to descriptor: Int32) -> Int {
        data.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count, let start = bytes.baseAddress {
                let count = send(descriptor, start + done, bytes.count - done, Int32(MSG_NOSIGNAL))
                guard count > 0 else { break }
                done += count
            }
            return done
        }
    }

    /// Reads to the end; returns whether it came.
    private static func read(from descriptor: Int32, into data: inout Data, _ patience: Double, once: Bool) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, Int32(patience * 1000)) > 0 else { return false }
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return true }
            data += buffer.prefix(count)
            if once { return false }
        }
    }
}
