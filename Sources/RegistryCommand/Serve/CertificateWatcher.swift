import Logging
import RegistryServer
import ServiceLifecycle

/// Looks whether the server's certificate was renewed, so that no restart is needed.
struct CertificateWatcher: Service {
    private static let interval = Duration.seconds(2)

    let identity: TLSIdentity
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: Self.interval)) != nil {
                do {
                    if try identity.reloadIfChanged() { logger.notice("the certificate was renewed") }
                } catch {
                    logger.error("THE NEW CERTIFICATE IS NOT USED", metadata: ["error": "\(error)"])
                }
            }
        }
    }
}
