import ArgumentParser
import RegistryClient
import RegistryTypes

/// `assay schedule`: how often approved versions are verified again.
struct ScheduleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule", abstract: "Have approved versions verified again and again.",
        discussion: """
            The server asks for a reproduction of each approved version whose newest verdict is older than the schedule \
            says, or that never had one. People's requests go first.
            """,
        subcommands: [SetInterval.self, List.self, Remove.self])

    /// A namespace, or a model in it.
    struct Place: Sendable {
        let namespace: ResourceName
        let model: ResourceName?

        /// Parses `ns` or `ns/name`.
        init(_ text: String) throws {
            if text.contains("/") {
                let name = try QualifiedName(text)
                (namespace, model) = (name.namespace, name.name)
            } else {
                (namespace, model) = (try ResourceName(text), nil)
            }
        }
    }

    /// `assay schedule set`
    struct SetInterval: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set", abstract: "Set the schedule of a namespace's models, or of one model.",
            discussion: "A model's own schedule counts before that of its namespace.")

        @OptionGroup var global: GlobalOptions
        @Argument(help: "A namespace, or namespace/name.", transform: { try Place($0) }) var place: Place
        @Option(
            help: "How old a verdict may become: 12h, 30d; whole hours.",
            transform: { try ScheduleCommand.hours($0) })
        var every: Int
        @Option(help: "What is repeated: retrain or evaluate.") var kind = Verdict.Kind.retrain

        func run() async throws {
            try await ScheduleCommand.apply(everyHours: every, kind: kind, to: place, global)
        }
    }

    /// `assay schedule list`
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The schedules that are in force.")

        @OptionGroup var global: GlobalOptions
        @Argument(
            help: "A namespace; every one you may see without it.", transform: { try ResourceName($0) })
        var namespace: ResourceName?

        func run() async throws {
            let client = try global.client()
            var namespaces = [namespace].compactMap { $0 }
            if namespaces.isEmpty { namespaces = try await client.namespaces().map(\.name) }
            var found: [ScheduleRecord] = []
            for namespace in namespaces { found += try await client.schedules(in: namespace) }
            try SchedulePage.print(found, global)
        }
    }

    /// `assay schedule remove`
    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End the schedule of a namespace's models, or of one model.",
            discussion: "A model without one of its own has that of its namespace.")

        @OptionGroup var global: GlobalOptions
        @Argument(help: "A namespace, or namespace/name.", transform: { try Place($0) }) var place: Place

        func run() async throws {
            try await ScheduleCommand.apply(everyHours: nil, kind: nil, to: place, global)
        }
    }

    private static func apply(
        everyHours: Int?, kind: Verdict.Kind?, to place: Place, _ global: GlobalOptions
    ) async throws {
        let request = SetSchedule(model: place.model, everyHours: everyHours, kind: kind)
        let records = try await global.client().setSchedule(request, in: place.namespace)
        try SchedulePage.print(records, global)
    }

    private static func hours(_ text: String) throws -> Int {
        let span = try TimeSpan(text).milliseconds
        guard span > 0, span % 3_600_000 == 0 else {
            throw ValidationError("\"\(text)\" is not a number of whole hours; say 12h or 30d")
        }
        return Int(span / 3_600_000)
    }
}
