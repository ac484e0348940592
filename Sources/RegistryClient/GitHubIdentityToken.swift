import AsyncHTTPClient
public import Foundation
import NIOCore
import NIOHTTP1
import RegistryTypes

/// Asks GitHub Actions to sign who the present job is (docs.github.com, "OpenID Connect reference").
public enum GitHubIdentityToken {
    private struct Answer: Decodable {
        let value: String
    }

    /// The job's identity token for an audience.
    ///
    /// - Parameters:
    ///   - url: `ACTIONS_ID_TOKEN_REQUEST_URL`.
    ///   - token: `ACTIONS_ID_TOKEN_REQUEST_TOKEN`.
    /// - Throws: `identity-refused` if GitHub gives none, `server-unreachable` if it does not answer.
    public static func request(at url: URL, token: String, audience: String) async throws -> String {
        let address = url.appending(queryItems: [URLQueryItem(name: "audience", value: audience)]).absoluteString
        var request = HTTPClientRequest(url: address)
        request.headers.add(name: "Authorization", value: "bearer \(token)")
        request.headers.add(name: "Accept", value: "application/json")
        do {
            let response = try await Transport.http.execute(request, timeout: .seconds(30))
            let body = Data(try await response.body.collect(upTo: 1 << 16).readableBytesView)
            guard response.status == .ok, let answer = try? JSONDecoder().decode(Answer.self, from: body) else {
                throw RegistryError(
                    .identityRefused,
                    "GitHub gives this job no identity token (status \(response.status.code)); the job needs "
                        + "`permissions: id-token: write`")
            }
            return answer.value
        } catch let error as RegistryError {
            throw error
        } catch {
            throw RegistryError(
                .serverUnreachable,
                "GitHub cannot be asked for an identity token: \(ConnectionFailure.describe(error) ?? "cancelled")")
        }
    }
}
