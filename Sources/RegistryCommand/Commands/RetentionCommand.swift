import ArgumentParser
import RegistryClient
import RegistryTypes

/// `assay retention`: which versions stay by themselves.
struct RetentionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retention", abstract: "Rules that remove old versions.",
        discussion: """
            Without a rule nothing is ever removed. Whatever a rule says, a version stays that is approved, held, \
            pointed to by an alias, read by a version that stays, or being reproduced.
            """,
        subcommands: [Show.self, SetRule.self, Test.self])

    /// A rule's numbers.
    struct Numbers: ParsableArguments {
        @Option(help: "Keep so many of the newest versions of each model.") var keepLast: Int?
        @Option(help: "Keep versions for so many days.") var keepDays: Int?

        var rule: RetentionRule? {
            keepLast == nil && keepDays == nil ? nil : RetentionRule(keepLast: keepLast, keepDays: keepDays)
        }
    }

    /// `assay retention show`
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The rules of a namespace.")

        @OptionGroup var global: GlobalOptions
        @Argument(help: "The namespace.", transform: { try ResourceName($0) }) var namespace: ResourceName

        func run() async throws {
            try RetentionPage.print(await global.client().retention(in: namespace), of: namespace, global)
        }
    }

    /// `assay retention set`
    struct SetRule: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set", abstract: "Set the rule of a namespace's models, or of one model or dataset.",
            discussion:
                "A version goes when it is neither among the last nor young enough; a dataset has only its own rule.")

        @OptionGroup var global: GlobalOptions
        @Argument(help: "A namespace, namespace/name, or dataset:namespace/name.") var place: String
        @OptionGroup var numbers: Numbers
        @Flag(help: "End the rule.") var none = false

        func validate() throws {
            guard none == (numbers.rule == nil) else {
                throw ValidationError("say --keep-last, --keep-days or both, or --none to end the rule")
            }
        }

        func run() async throws {
            var request = SetRetention(rule: numbers.rule ?? RetentionRule())
            let namespace: ResourceName
            if place.contains("/") {
                let place = try AliasCommand.Place(place)
                namespace = place.name.namespace
                if place.kind == .models { request.model = place.name.name } else { request.dataset = place.name.name }
            } else {
                namespace = try ResourceName(place)
            }
            let rules = try await global.client().setRetention(request, in: namespace)
            try RetentionPage.print(rules, of: namespace, global)
        }
    }

    /// `assay retention test`
    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What the rules of a namespace would remove now, or what another rule would.",
            discussion: "Nothing is changed. With a number, all models of the namespace are taken to have that rule.")

        @OptionGroup var global: GlobalOptions
        @Argument(help: "The namespace.", transform: { try ResourceName($0) }) var namespace: ResourceName
        @OptionGroup var numbers: Numbers

        func run() async throws {
            let report = try await global.client().testRetention(TestRetention(rule: numbers.rule), in: namespace)
            if global.json { return try global.console.print(json: report) }
            global.console.print(RetentionPage.table(of: report.items).text)
            if report.truncated { global.console.note("there are more versions than are listed") }
        }
    }
}
