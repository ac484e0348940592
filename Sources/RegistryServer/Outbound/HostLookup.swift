import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The addresses of a host, as the system finds them.
package enum HostLookup {
    /// The longest time that it may take.
    private static let deadline = Duration.seconds(5)

    /// All addresses; none if there is no such host, or nobody says so in time. Whatever form of an address the system
    /// understands (`0x7f.1`, `2130706433`) is answered with that address.
    @Sendable package static func addresses(of host: String) async -> [IPAddress] {
        let (answers, continuation) = AsyncStream<[IPAddress]>.makeStream()
        // A lookup cannot be ended: its thread is left to itself.
        Thread.detachNewThread {
            continuation.yield(find(host))
            continuation.finish()
        }
        let patience = Task {
            try? await Task.sleep(for: deadline)
            continuation.finish()
        }
        defer { patience.cancel() }
        for await addresses in answers { return addresses }
        return []
    }

    private static func find(_ host: String) -> [IPAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var found: [IPAddress] = []
        var next = list
        while let entry = next {
            if let address = entry.pointee.ai_addr.flatMap(address) { found.append(address) }
            next = entry.pointee.ai_next
        }
        return found
    }

    private static func address(_ socket: UnsafeMutablePointer<sockaddr>) -> IPAddress? {
        switch Int32(socket.pointee.sa_family) {
        case AF_INET:
            socket.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { socket in
                withUnsafeBytes(of: &socket.pointee.sin_addr) { IPAddress(bytes: Array($0)) }
            }
        case AF_INET6:
            socket.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { socket in
                withUnsafeBytes(of: &socket.pointee.sin6_addr) { IPAddress(bytes: Array($0)) }
            }
        default: nil
        }
    }
}
