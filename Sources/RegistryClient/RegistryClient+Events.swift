import AsyncHTTPClient
import Foundation
import NIOCore
public import RegistryTypes

extension RegistryClient {
    /// What happened behind a place in the audit log, oldest first; nil asks from its beginning on.
    public func events(
        in namespace: ResourceName? = nil, _ filter: EventFilter? = nil, after: Int64? = nil, limit: Int
    ) async throws -> [RegistryEvent] {
        guard limit > 0 else { throw RegistryError(.invalidRequest, "a limit is at least 1, not \(limit)") }
        var (events, place): ([RegistryEvent], Int64) = ([], after ?? -1)
        while true {
            let page: EventPage = try await send(
                request(namespace, filter).asking("after", String(place))
                    .asking("limit", String(min(limit - events.count, 1000))))
            events += page.items
            guard page.hasMore, page.next > place, events.count < limit else { return events }
            place = page.next
        }
    }

    /// Hands over what happens, as it happens, until `receive` has enough; takes a stream that was cut off up again.
    ///
    /// - Parameter after: the entry behind which it begins; nil for what happens from now on.
    public func followEvents(
        in namespace: ResourceName? = nil, _ filter: EventFilter? = nil, after: Int64? = nil,
        _ receive: (RegistryEvent) throws -> Bool
    ) async throws {
        var place = after
        var patience = Patience(retries)
        while !Task.isCancelled {
            var stream = request(namespace, filter).header("Accept", "text/event-stream")
            stream = place.map { stream.header("Last-Event-ID", String($0)) } ?? stream
            do {
                let isOver = try await attempt(stream) { response in
                    var lines = EventLines()
                    for try await buffer in response.body {
                        patience.renew()
                        for message in lines.take(buffer.readableBytesView) {
                            place = message.id.flatMap { Int64($0) } ?? place
                            guard let data = message.data else { continue }
                            let event = try JSONDecoder().decode(RegistryEvent.self, from: data)
                            guard try receive(event) else { return true }
                        }
                    }
                    return false
                }
                if isOver { return }
                // The server ended it, as when it is stopped.
                try await patience.wait(after: Setback(error: unreachable("it ended the stream of events")))
            } catch let setback as Setback {
                try await patience.wait(after: setback)
            }
        }
    }

    private func request(_ namespace: ResourceName?, _ filter: EventFilter?) -> APIRequest {
        let request = APIRequest(.get, ["events"]).asking("namespace", namespace?.text)
        return (filter?.patterns ?? []).reduce(request) { $0.asking("event", $1) }
    }
}

/// Splits a stream of server-sent events into messages (WHATWG HTML, section 9.2.6), as the server writes them.
private struct EventLines {
    /// What stands between two empty lines.
    struct Message {
        var id: String?
        var data: Data?
    }

    private var line: [UInt8] = []
    private var message = Message()

    mutating func take(_ bytes: some Sequence<UInt8>) -> [Message] {
        var complete: [Message] = []
        for byte in bytes {
            guard byte == UInt8(ascii: "\n") else {
                line.append(byte)
                continue
            }
            if line.isEmpty {
                complete.append(message)
                message = Message()
            } else if line.starts(with: Data("id: ".utf8)) {
                message.id = String(decoding: line.dropFirst(4), as: UTF8.self)
            } else if line.starts(with: Data("data: ".utf8)) {
                message.data = Data(line.dropFirst(6))
            }
            line = []
        }
        return complete
    }
}
