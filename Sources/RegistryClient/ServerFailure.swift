import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import RegistryTypes

/// An answer that is not a success.
struct ServerFailure: Sendable {
    /// The error in Assay's terms.
    let error: RegistryError
    /// Whether the same request may succeed a little later.
    let mayPass: Bool
    /// Whether another request stands in the way, which ends by itself.
    let isBusy: Bool
    /// How long the server asks to wait.
    let retryAfter: Duration?

    /// Reads the RFC 9457 problem document of an answer, or makes the best of what a proxy sent instead.
    init(_ response: HTTPClientResponse, server: URL) async throws {
        let body = (try? await response.body.collect(upTo: 1 << 20)).map { Data($0.readableBytesView) } ?? Data()
        let status = Int(response.status.code)
        let problem = try? JSONDecoder().decode(Problem.self, from: body)
        retryAfter = response.headers.first(name: "Retry-After").flatMap { Int64($0) }.map { .seconds($0) }
        // A problem document with 503 is Assay's own and final unless it says when to come back. An answer to HEAD
        // has no body, only the type of one.
        let isOurs = problem != nil || response.headers.first(name: "Content-Type") == "application/problem+json"
        isBusy = status == 409 && retryAfter != nil
        let isGuessing = problem?.code == ErrorCode.tooManyAttempts.rawValue
        mayPass =
            (status == 429 && !isGuessing) || isBusy || ((502...504).contains(status) && (!isOurs || retryAfter != nil))
        if let problem {
            error = Self.error(for: problem)
        } else {
            error = Self.error(
                status: status, location: response.headers.first(name: "Location"), body: body, server: server)
        }
    }

    private static func error(for problem: Problem) -> RegistryError {
        var details = problem.details ?? [:]
        details["requestID"] = problem.requestID
        guard let code = ErrorCode(rawValue: problem.code) else {
            return RegistryError(.internalError, "\(problem.code): \(problem.detail)", details: details)
        }
        return RegistryError(code, problem.detail, details: details)
    }

    private static func error(status: Int, location: String?, body: Data, server: URL) -> RegistryError {
        let address = server.absoluteString
        if (300..<400).contains(status) {
            return RegistryError(
                .invalidRequest,
                "\(address) redirects to \(location ?? "another address"); redirects are not followed, because they "
                    + "would carry the token along: give the final address with --url")
        }
        let code: ErrorCode =
            switch status {
            case 401: .unauthenticated
            case 403: .forbidden
            case 404: .notFound
            case 413: .payloadTooLarge
            default: .internalError
            }
        let text = String(decoding: body.prefix(200), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        return RegistryError(
            code,
            "\(address) answered with status \(status) and without a problem document; is it an Assay server?"
                + (text.isEmpty ? "" : " It said: \(text)"))
    }
}
