import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Registry
import RegistryTypes

/// What happens, for those who ask: page by page, or as a stream of server-sent events (WHATWG HTML, section 9.2).
struct EventRoutes {
    /// After so long without an event a stream says that it is alive, and looks whether its token still is.
    private static let heartbeat = Duration.seconds(15)
    /// The shortest time between two looks: many writes are one look.
    private static let pause = Duration.milliseconds(50)

    let registry: ModelRegistry
    let authentication: AuthenticationMiddleware

    func add(to group: RouterGroup<RegistryRequestContext>) {
        group.get("events", use: events)
    }

    /// What of the feed is asked for.
    private struct Question: Sendable {
        let namespace: ResourceName?
        let filter: EventFilter
        /// The entry behind which it begins; nil if nothing is said.
        var after: Int64?
    }

    @Sendable private func events(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        let parameters = request.uri.queryParameters
        let patterns = parameters.getAll("event")
        var question = Question(
            namespace: try parameters["namespace"].map { try ResourceName($0) },
            filter: patterns.isEmpty ? .all : try EventFilter(patterns), after: nil)
        let caller = try context.requireCaller()
        let isStream = request.headers[.accept]?.contains("text/event-stream") == true
        // A stream that was cut off goes on where it was.
        let last = isStream ? HTTPField.Name("Last-Event-ID").flatMap { request.headers[$0] } : nil
        if let text = last ?? parameters["after"].map(String.init) {
            question.after = try await text == "latest" ? registry.lastEntry() : Self.place(text)
        }
        guard isStream else {
            return try await .json(
                registry.events(
                    of: question.namespace, question.filter, after: question.after ?? -1, limit: request.limit(),
                    as: caller))
        }
        return try await stream(question, request, context, as: caller)
    }

    private static func place(_ text: String) throws -> Int64 {
        guard let number = Int64(text), number >= -1 else {
            throw RegistryError(
                .invalidRequest,
                "after is the sequence number of an entry of the audit log, -1 for its beginning, or latest; "
                    + "\"\(text.prefix(20))\" is none")
        }
        return number
    }

    /// A stream from a place on, or from now on. What is asked for wrongly is refused before it begins.
    private func stream(
        _ question: Question, _ request: Request, _ context: RegistryRequestContext, as caller: Caller
    ) async throws -> Response {
        let start: Int64
        if let after = question.after { start = after } else { start = try await registry.lastEntry() }
        _ = try await page(question, after: start, limit: 1, as: caller)
        let body = ResponseBody { writer in
            var after = start
            try await writer.write(ByteBuffer(string: "retry: 2000\n\n"))
            while !registry.events.isClosed {
                let news = registry.events.listen()
                // A token that was revoked, and rights that were taken, end it.
                guard let caller = try? await authentication.caller(of: request, context),
                    let page = try? await page(question, after: after, limit: 100, as: caller)
                else { break }
                for event in page.items { try await writer.write(try Self.message(event)) }
                if page.next != after, page.items.last?.data.sequence != page.next {
                    // Where to go on, for a client that is told nothing for long.
                    try await writer.write(ByteBuffer(string: "id: \(page.next)\n\n"))
                }
                after = page.next
                guard !page.hasMore else { continue }
                try await Task.sleep(for: Self.pause)
                if await !news.wait(atMost: Self.heartbeat) {
                    try await writer.write(ByteBuffer(string: ":\n\n"))
                }
            }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream", .cacheControl: "no-store"], body: body)
    }

    private func page(
        _ question: Question, after: Int64, limit: Int, as caller: Caller
    ) async throws -> EventPage {
        try await registry.events(
            of: question.namespace, question.filter, after: after, limit: limit, as: caller)
    }

    private static func message(_ event: RegistryEvent) throws -> ByteBuffer {
        var buffer = ByteBuffer(string: "id: \(event.data.sequence)\nevent: \(event.type)\ndata: ")
        buffer.writeBytes(try StrictJSON.encode(event))
        buffer.writeString("\n\n")
        return buffer
    }
}
