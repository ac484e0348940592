import Dispatch
import Foundation
import RegistryTypes
import Synchronization

/// A bad network: a TCP proxy before a server that counts bytes, holds them back, or breaks connections.
///
/// Each direction of each connection has a thread that blocks, so that the proxy never holds more than a piece.
final class Proxy: Sendable {
    /// What happens to the bytes.
    struct Weather: Sendable {
        /// Nothing is passed on any more once so many bytes came from clients or from the server.
        var holdsAfter = Int.max
        /// How many connections are still broken, each after a random number of bytes.
        var cuts = 0
        /// The fewest and the most bytes before a cut.
        var cutAfter = 1...(24 << 20)
    }

    private struct State {
        var weather: Weather
        var up = 0
        var down = 0
        var random = SystemRandomNumberGenerator()
        var sockets: Set<Int32> = []
    }

    /// `http://127.0.0.1:<port>`
    let url: String
    /// Gets an element when the proxy begins to hold.
    let held: AsyncStream<Void>
    private let holding: AsyncStream<Void>.Continuation
    /// Left when the proxy closes; what is held waits for that.
    private let closed = DispatchGroup()
    private let listener: Int32
    private let port: UInt16
    private let state: Mutex<State>

    /// Listens on a free port before the server at an address.
    init(before server: String, _ weather: Weather = Weather()) throws {
        (held, holding) = AsyncStream.makeStream()
        port = UInt16(URL(string: server)?.port ?? 0)
        state = Mutex(State(weather: weather))
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Self.address(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let own = listener
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(own, $0, length) == 0 && listen(own, 64) == 0 && getsockname(own, $0, &length) == 0
            }
        }
        guard isListening else { throw RegistryError(.internalError, "the proxy cannot listen") }
        url = "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
        closed.enter()
        Thread.detachNewThread { [self] in accept() }
    }

    /// How many bytes came from clients.
    var sent: Int { state.withLock { $0.up } }
    /// How many bytes came from the server.
    var fetched: Int { state.withLock { $0.down } }

    /// Breaks all connections and takes no more.
    func close() {
        // Under the lock: the number of a socket that is closed meanwhile would be somebody else's.
        state.withLock { for socket in $0.sockets { shutdown(socket, Int32(SHUT_RDWR)) } }
        closed.leave()
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private static func address(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    private func accept() {
        while case let client = Foundation.accept(listener, nil, nil), client >= 0 {
            let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = Self.address(port: port)
            let isConnected = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
            let budget = state.withLock { state in
                state.sockets.formUnion([client, server])
                guard state.weather.cuts > 0 else { return Int.max }
                state.weather.cuts -= 1
                return Int.random(in: state.weather.cutAfter, using: &state.random)
            }
            let left = Connection(budget, open: isConnected ? 2 : 0)
            if !isConnected { return finish(client, server) }
            for (from, to, isUp) in [(client, server, true), (server, client, false)] {
                Thread.detachNewThread { [self] in
                    copy(from, to, isUp: isUp, left)
                    if left.leave() { finish(client, server) }
                }
            }
        }
    }

    private func finish(_ client: Int32, _ server: Int32) {
        state.withLock { state in
            state.sockets.subtract([client, server])
            Foundation.close(client)
            Foundation.close(server)
        }
    }

    private func copy(_ from: Int32, _ to: Int32, isUp: Bool, _ left: Connection) {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        defer { for socket in [from, to] { shutdown(socket, Int32(SHUT_RDWR)) } }
        while case let count = recv(from, &buffer, buffer.count, 0), count > 0 {
            let isHeld = state.withLock { state in
                if isUp { state.up += count } else { state.down += count }
                return max(state.up, state.down) > state.weather.holdsAfter
            }
            if isHeld {
                holding.yield()
                closed.wait()
                return
            }
            var offset = 0
            while offset < count {
                let written = buffer[offset..<count].withUnsafeBytes {
                    Foundation.send(to, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard written > 0 else { return }
                offset += written
            }
            guard left.take(count) else { return }
        }
    }
}

/// What the two directions of a connection share: the bytes before its cut, and how many of the two still run.
private final class Connection: Sendable {
    private let state: Mutex<(budget: Int, open: Int)>

    init(_ budget: Int, open: Int) { state = Mutex((budget, open)) }

    /// Takes bytes from the budget; false when it is used up.
    func take(_ count: Int) -> Bool {
        state.withLock {
            $0.budget = $0.budget == .max ? .max : $0.budget - count
            return $0.budget > 0
        }
    }

    /// Ends a direction; true for the last one.
    func leave() -> Bool {
        state.withLock {
            $0.open -= 1
            return $0.open == 0
        }
    }
}
