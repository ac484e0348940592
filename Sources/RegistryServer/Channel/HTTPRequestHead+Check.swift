import NIOHTTP1
import RegistryTypes

extension HTTPRequestHead {
    /// What is wrong with the head of a request, beyond what the parser refuses; two readers of it must not come to
    /// two ends of its body (RFC 9112 §6).
    func fault(_ limits: ConnectionLimits) -> RegistryError? {
        guard uri.utf8.count <= limits.targetBytes else {
            return RegistryError(.targetTooLong, "the address of a request has at most \(limits.targetBytes) bytes")
        }
        let size = headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }
        guard headers.count <= limits.headerFields, size <= limits.headerBytes else {
            return RegistryError(
                .headerTooLarge,
                "a request has at most \(limits.headerFields) header fields and \(limits.headerBytes) bytes of them")
        }
        return hostFault ?? framingFault ?? expectFault
    }

    /// RFC 9112 §3.2: a request of HTTP/1.1 has one Host.
    private var hostFault: RegistryError? {
        let hosts = headers["Host"].count
        guard hosts == 1 || (hosts == 0 && version != .http1_1) else {
            return RegistryError(.invalidRequest, "a request has one Host field, not \(hosts)")
        }
        return nil
    }

    private var framingFault: RegistryError? {
        let codings = headers["Transfer-Encoding"]
        guard !codings.isEmpty else { return nil }
        guard version == .http1_1, codings.count == 1, codings[0].lowercased() == "chunked",
            headers["Content-Length"].isEmpty
        else {
            return RegistryError(
                .invalidRequest, "the only Transfer-Encoding is chunked, in HTTP/1.1, without a length")
        }
        return nil
    }

    private var expectFault: RegistryError? {
        guard version == .http1_1, let expectation = headers["Expect"].first(where: { !$0.isEmpty }),
            expectation.lowercased() != "100-continue"
        else { return nil }
        return RegistryError(.expectationFailed, "the only expectation that can be met is 100-continue")
    }

    /// Whether the client waits to be told that its body is welcome.
    var expectsContinue: Bool { version == .http1_1 && !headers["Expect"].isEmpty }
}
