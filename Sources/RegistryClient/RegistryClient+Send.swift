import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import RegistryTypes

extension RegistryClient {
    /// Sends a request and decodes the JSON answer; members that this version does not know are left aside.
    func send<Answer: Decodable>(_ request: APIRequest, as type: Answer.Type = Answer.self) async throws -> Answer {
        let data = try await sendForData(request)
        do {
            return try JSONDecoder().decode(type, from: data)
        } catch {
            throw RegistryError(
                .internalError,
                "the answer of \(url.absoluteString) could not be understood (\(Self.brief(error))); "
                    + "does it run another version of Assay?")
        }
    }

    /// Sends a request whose answer has no content.
    func sendOnly(_ request: APIRequest) async throws { _ = try await sendForData(request) }

    /// Sends a request and holds the answer in memory, at most 64 MiB.
    func sendForData(_ request: APIRequest) async throws -> Data {
        try await perform(request) { response in
            Data(try await response.body.collect(upTo: Transport.largestDocument).readableBytesView)
        }
    }

    /// Sends a request, again if that may help, and hands the answer to `receive`; an answer that is an error throws.
    func perform<Result: Sendable>(
        _ request: APIRequest, _ receive: (HTTPClientResponse) async throws -> Result
    ) async throws -> Result {
        var patience = Patience(retries)
        while true {
            do {
                return try await attempt(request, receive)
            } catch let setback as Setback {
                guard request.isRepeatable else { throw setback.error }
                try await patience.wait(after: setback)
            }
        }
    }

    /// Sends a request once; throws a `Setback` for what another try may mend.
    func attempt<Result: Sendable>(
        _ request: APIRequest, _ receive: (HTTPClientResponse) async throws -> Result
    ) async throws -> Result {
        do {
            let response = try await Transport.http.execute(prepared(request), timeout: Transport.deadline)
            if (200..<300).contains(response.status.code) { return try await receive(response) }
            let failure = try await ServerFailure(response, server: url)
            guard failure.mayPass else { throw failure.error }
            throw Setback(error: failure.error, retryAfter: failure.retryAfter, isBusy: failure.isBusy)
        } catch let setback as Setback {
            throw setback
        } catch {
            throw setback(for: error)
        }
    }

    /// A failure of the connection as a `Setback`, any other error as it is.
    func setback(for error: any Error) -> any Error {
        let error = ConnectionFailure.normalised(error)
        guard let reason = ConnectionFailure.describe(error) else { return error }
        return Setback(error: unreachable(reason))
    }

    /// Binds a request to this server and token.
    func prepared(_ request: APIRequest) -> HTTPClientRequest {
        var prepared = HTTPClientRequest(url: request.address(at: url))
        prepared.method = HTTPMethod(rawValue: request.method.rawValue)
        prepared.headers.add(name: "User-Agent", value: "assay")
        if let token { prepared.headers.add(name: "Authorization", value: "Bearer \(token)") }
        for (name, value) in request.headers { prepared.headers.add(name: name, value: value) }
        switch request.body {
        case .none: break
        case .bytes(let data, let type):
            prepared.headers.add(name: "Content-Type", value: type)
            prepared.body = .bytes(ByteBuffer(bytes: data))
        case .file(let pieces):
            prepared.headers.add(name: "Content-Type", value: "application/octet-stream")
            prepared.body = .stream(pieces, length: .known(Int64(pieces.range.count)))
        }
        return prepared
    }

    func unreachable(_ reason: String) -> RegistryError {
        RegistryError(
            .serverUnreachable,
            "\(url.absoluteString) cannot be reached: \(reason). Check that the server runs and that --url or "
                + "ASSAY_URL names it",
            details: ["url": url.absoluteString])
    }

    private static func brief(_ error: any Error) -> String {
        switch error as? DecodingError {
        case .keyNotFound(let key, _): "\(key.stringValue) is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            "at \(context.codingPath.map(\.stringValue).joined(separator: "."))"
        default: "\(error)"
        }
    }
}
