import Foundation
import NIOCore
import Synchronization

/// Where the server listens, known to others once it does.
final class ListeningAddress: Sendable {
    private let value = Mutex<String?>(nil)

    /// The address for clients on this machine; nil before the server listens.
    var url: String? { value.withLock { $0 } }

    /// Takes the address of the listening socket; an address for all interfaces is reached through the loopback.
    func set(_ address: SocketAddress?, isSecure: Bool) -> String? {
        guard let address, let port = address.port, let host = address.ipAddress else { return nil }
        let reachable = host == "0.0.0.0" ? "127.0.0.1" : host == "::" ? "::1" : host
        let url =
            (isSecure ? "https://" : "http://") + (reachable.contains(":") ? "[\(reachable)]" : reachable) + ":\(port)"
        value.withLock { $0 = url }
        return url
    }
}
