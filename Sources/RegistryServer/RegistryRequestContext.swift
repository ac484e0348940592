import Foundation
package import Hummingbird
import NIOCore
import Registry
import RegistryTypes

/// What a request carries through the middleware: its channel, and who makes it.
package struct RegistryRequestContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The connection, for `100 Continue`.
    let channel: any Channel
    /// Set by authentication; nil on routes without it.
    var caller: Caller?

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    /// JSON bodies are small; bytes are streamed and counted elsewhere.
    package var maxUploadSize: Int { 1 << 20 }

    /// The caller, or `unauthenticated`.
    func requireCaller() throws -> Caller {
        guard let caller else { throw RegistryError(.unauthenticated, "send `Authorization: Bearer <token>`") }
        return caller
    }

    /// A path segment, percent-decoded exactly once, here.
    func segment(_ name: String) throws -> String {
        guard let raw = parameters.get(name), let text = raw.removingPercentEncoding, !text.utf8.contains(0) else {
            throw RegistryError(.invalidRequest, "the path is not valid percent-encoded UTF-8")
        }
        return text
    }

    /// The model or dataset that the path names.
    func qualifiedName() throws -> QualifiedName {
        QualifiedName(namespace: try ResourceName(segment("namespace")), name: try ResourceName(segment("name")))
    }

    /// The run or reproduction that the path names.
    func runID() throws -> RunID { try RunID(segment("id")) }

    /// The version that the path names.
    func versionReference() throws -> VersionReference {
        VersionReference(name: try qualifiedName(), selector: try VersionSelector(segment("selector")))
    }
}
