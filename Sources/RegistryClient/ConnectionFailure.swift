import AsyncHTTPClient
import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import RegistryTypes

/// Tells failures of the connection, which may pass, from errors that will not.
enum ConnectionFailure {
    /// The failure in a few words, or nil if the error is not about the connection.
    static func describe(_ error: any Error) -> String? {
        switch error {
        case is RegistryError, is CancellationError: return nil
        case let error as HTTPClientError: return describe(error)
        case let error as NIOConnectionError: return describe(error)
        case let error as IOError: return describe(error)
        case is NIOSSLExtraError:
            return "its certificate is for another name; give the address by the name in the certificate"
        case let error as NIOSSLError: return describe(error)
        case is ChannelError: return "the connection broke off"
        default: return String(String(describing: error).prefix(200))
        }
    }

    /// A cancelled request is a cancelled task, whatever the transport calls it.
    static func normalised(_ error: any Error) -> any Error {
        if let error = error as? HTTPClientError, error == .cancelled { return CancellationError() }
        return error
    }

    private static func describe(_ error: HTTPClientError) -> String? {
        switch error {
        case .cancelled: nil
        case .connectTimeout: "no answer within 10 seconds"
        case .readTimeout, .deadlineExceeded: "it stopped answering"
        case .remoteConnectionClosed: "it closed the connection"
        default: error.description
        }
    }

    private static func describe(_ error: NIOSSLError) -> String {
        guard case .handshakeFailed(let cause) = error else { return "TLS failed (\(error))" }
        guard String(describing: cause).contains("CERTIFICATE_VERIFY_FAILED") else {
            return "TLS failed (\(cause)); does the server speak TLS there?"
        }
        return
            "its certificate is not trusted; if a CA of your own signed it, ASSAY_CA_FILE names the file with that CA"
    }

    /// The system's own words; NIO adds the name of its call and the number.
    private static func describe(_ error: IOError) -> String { String(cString: strerror(error.errnoCode)).lowercased() }

    private static func describe(_ error: NIOConnectionError) -> String {
        if let failure = error.connectionErrors.last?.error {
            return (failure as? IOError).map(describe) ?? String(describing: failure)
        }
        let isUnknownName = error.dnsAError != nil || error.dnsAAAAError != nil
        return isUnknownName ? "its name cannot be resolved" : "no connection"
    }
}
