import Hummingbird
import Synchronization

/// Which methods each route has, for requests with another one.
final class AllowedMethods: Sendable {
    private struct Route {
        let method: String
        let segments: [Substring]
    }

    private let routes = Mutex<[Route]>([])

    /// Takes the routes of a router that is complete.
    func learn(from router: Router<RegistryRequestContext>) {
        let known = router.routes.map {
            Route(method: $0.method.rawValue, segments: $0.path.description.split(separator: "/"))
        }
        routes.withLock { $0 = known }
    }

    /// The methods of the routes that a path matches, sorted.
    func methods(of path: String) -> [String] {
        let parts = path.split(separator: "/")
        return Set(routes.withLock { $0.filter { Self.matches($0.segments, parts) } }.map(\.method)).sorted()
    }

    private static func matches(_ segments: [Substring], _ parts: [Substring]) -> Bool {
        let isOpen = segments.last == "**"
        let fixed = isOpen ? segments.dropLast() : segments[...]
        guard isOpen ? parts.count > fixed.count : parts.count == fixed.count else { return false }
        return zip(fixed, parts).allSatisfy { $0.hasPrefix(":") || $0.hasPrefix("{") || $0 == $1 }
    }
}
