public import Foundation
import RegistryTypes

/// A client of Assay's native HTTP API; it mirrors the routes group by group.
///
/// Every error is a `RegistryError`: the server's own with its code, `server-unreachable` when no answer came, or
/// `integrity-failure` when bytes are not those that were asked for. Redirects are never followed, so that a token
/// never reaches another host.
public struct RegistryClient: Sendable {
    /// The server's address, without the path of the API.
    public let url: URL
    /// The bearer token, `assay_…`; nil for the routes that need none.
    public let token: String?
    /// How often and when requests are repeated.
    public let retries: RetryPolicy

    /// Makes a client; nothing is sent yet.
    ///
    /// Throws `invalid-request` unless the address is http or https with a host and without user name, query and
    /// fragment.
    public init(url: URL, token: String?, retries: RetryPolicy = .standard) throws {
        guard let scheme = url.scheme?.lowercased(), ["http", "https"].contains(scheme), url.host?.isEmpty == false,
            url.user == nil, url.password == nil, url.query == nil, url.fragment == nil
        else {
            throw RegistryError(
                .invalidRequest,
                "this is not a server's address: give http://host:port or https://host, without a user name, password or "
                    + "query"
            )
        }
        self.url = url
        self.token = token
        self.retries = retries
    }

    /// The most files that are sent or fetched at the same time.
    public static let parallelTransfers = 4
}
