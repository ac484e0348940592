import AsyncHTTPClient
import Foundation
import NIOCore
import NIOPosix
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
