import Foundation
import NIOSSL
import RegistryTypes
import Synchronization

/// The certificate that the server shows, read from files and read again when they change.
///
/// Connections that are open keep the certificate that they began with.
package final class TLSIdentity: Sendable {
    /// Where the files are.
    package struct Files: Sendable, Equatable {
        /// The certificate and those that lead to its CA, in PEM form.
        package var certificate: String
        /// The private key, in PEM form, readable by the server alone.
        package var key: String
        /// The CAs whose clients' certificates are believed; nil if none is asked for.
        package var clientCA: String?

        /// Names the files.
        package init(certificate: String, key: String, clientCA: String? = nil) {
            self.certificate = certificate
            self.key = key
            self.clientCA = clientCA
        }
    }

    /// What tells one state of the files from another.
    private struct Stamp: Equatable {
        let parts: [Int]

        /// Throws `invalid-request` for a file that is not there.
        init(_ files: Files) throws {
            parts = try [files.certificate, files.key, files.clientCA].compactMap(\.self).flatMap { path in
                var status = stat()
                guard stat(path, &status) == 0 else {
                    throw RegistryError(
                        .invalidRequest, "\(path) cannot be read: \(String(cString: strerror(errno)))")
                }
                return [
                    Int(status.st_ino), Int(status.st_size), status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
                ]
            }
        }
    }

    private struct State {
        var stamp: Stamp
        var context: NIOSSLContext
    }

    private let files: Files
    private let state: Mutex<State>

    /// Reads the files; throws `invalid-request` for what is no certificate, or not the one of the key.
    package init(_ files: Files) throws {
        self.files = files
        // The stamp is older than what is read: a change in between is seen by the next look.
        let stamp = try Stamp(files)
        state = Mutex(State(stamp: stamp, context: try Self.context(files)))
    }

    /// What a new connection begins with.
    var context: NIOSSLContext { state.withLock { $0.context } }

    /// Reads the files again if they have changed; whether they had. What cannot be read is thrown, once for each change,
    /// and the certificate before goes on being shown.
    package func reloadIfChanged() throws -> Bool {
        let stamp = try Stamp(files)
        let isNew = state.withLock { state in
            guard state.stamp != stamp else { return false }
            state.stamp = stamp
            return true
        }
        guard isNew else { return false }
        let context = try Self.context(files)
        state.withLock { $0.context = context }
        return true
    }

    /// TLS 1.2 and 1.3; of a client's certificate only that a CA signed it is checked here.
    private static func context(_ files: Files) throws -> NIOSSLContext {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(files.certificate).map {
                NIOSSLCertificateSource.certificate($0)
            }
            let key = try NIOSSLPrivateKey(file: files.key, format: .pem)
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain, privateKey: .privateKey(key))
            configuration.minimumTLSVersion = .tlsv12
            configuration.applicationProtocols = ["http/1.1"]
            if let clientCA = files.clientCA {
                configuration.certificateVerification = .optionalVerification
                configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(clientCA))
                configuration.sendCANameList = true
            }
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw RegistryError(
                .invalidRequest,
                "\(files.certificate) and \(files.key) are no certificate and its key in PEM form"
                    + (files.clientCA.map { ", or \($0) holds no certificates" } ?? "") + " (\(error))")
        }
    }
}
