package import Foundation
import RegistryTypes

/// Where the server sends to what others asked it to: the public internet over TLS, and where its operator says.
package struct OutboundRules: Sendable {
    /// The ranges and hosts that the operator allows, whatever they are.
    private let networks: [IPNetwork]
    private let hosts: Set<String>
    private let lookup: @Sendable (String) async -> [IPAddress]

    /// The public internet alone.
    package static let publicInternet = OutboundRules()

    private init() {
        (networks, hosts, lookup) = ([], [], HostLookup.addresses)
    }

    /// Rules that allow more than the public internet.
    ///
    /// - Parameters:
    ///   - allowed: ranges (`10.0.0.0/8`), addresses and names of hosts; throws `invalid-request` for anything else.
    ///   - lookup: finds the addresses of a host.
    package init(
        allowing allowed: [String] = [],
        lookup: @escaping @Sendable (String) async -> [IPAddress] = HostLookup.addresses
    ) throws {
        var (networks, hosts): ([IPNetwork], Set<String>) = ([], [])
        for text in allowed {
            if let network = IPNetwork(text) {
                networks.append(network)
            } else if text.wholeMatch(of: /[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?/) != nil,
                text.contains(/[A-Za-z]/)
            {
                hosts.insert(text.lowercased())
            } else {
                throw RegistryError(
                    .invalidRequest,
                    "webhooks are allowed to a range of addresses as 10.0.0.0/8, an address or the name of a host, "
                        + "which \"\(text.prefix(80))\" is not")
            }
        }
        (self.networks, self.hosts, self.lookup) = (networks, hosts, lookup)
    }

    /// The address to connect to for a URL. What was checked is what must be connected to: a name may mean something else
    /// a moment later.
    ///
    /// Throws `outbound-refused`, in the same words whatever a name stands for: they must not tell what there is in the
    /// server's network.
    package func address(for url: URL) async throws -> IPAddress {
        guard let host = url.host(percentEncoded: false), !host.isEmpty else { throw Self.refusal("it has no host") }
        let isAllowedHost = hosts.contains(host.lowercased())
        let addresses = await lookup(host)
        let isAllowed = isAllowedHost || addresses.allSatisfy { address in networks.contains { $0.contains(address) } }
        guard let address = addresses.first, isAllowed || addresses.allSatisfy(\.isPublic) else {
            throw Self.refusal(
                "\(host.prefix(100)) is no host of the public internet; the operator of this server can allow others, with "
                    + "`assay serve --webhook-allow`")
        }
        guard url.scheme?.lowercased() == "https" || isAllowed else {
            throw Self.refusal("messages to the public internet are sent over https:// alone")
        }
        return address
    }

    private static func refusal(_ reason: String) -> RegistryError { RegistryError(.outboundRefused, reason) }
}
