import ArgumentParser
import RegistryTypes

/// The command line's root.
@main
struct AssayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "assay",
        abstract: "A model registry and artifact store that can prove what it serves.",
        version: ProgramVersion.current,
        subcommands: [DoctorCommand.self, WorkerCommand.self],
        groupedSubcommands: [
            CommandGroup(
                name: "Record",
                subcommands: [InitCommand.self, RunCommand.self, PushCommand.self, DatasetCommand.self]),
            CommandGroup(
                name: "Verify",
                subcommands: [
                    ReproduceCommand.self, EvaluateCommand.self, ReproductionCommand.self, ScheduleCommand.self,
                    DiffCommand.self, ReportCommand.self, EvidenceCommand.self, VerifyCommand.self,
                ]),
            CommandGroup(
                name: "Decide",
                subcommands: [
                    ApproveCommand.self, RejectCommand.self, WithdrawCommand.self, ApprovalCommand.self,
                    PolicyCommand.self, AliasCommand.self, HoldCommand.self,
                ]),
            CommandGroup(
                name: "Look",
                subcommands: [
                    ListCommand.self, SearchCommand.self, ShowCommand.self, PullCommand.self, LineageCommand.self,
                    AuditCommand.self, EventsCommand.self,
                ]),
            CommandGroup(
                name: "Administer",
                subcommands: [
                    ServeCommand.self, LoginCommand.self, NamespaceCommand.self, TokenCommand.self,
                    IdentityCommand.self, PrincipalCommand.self, KeyCommand.self, WebhookCommand.self,
                    DeleteCommand.self, RetentionCommand.self, GarbageCollectionCommand.self,
                ]),
            CommandGroup(
                name: "Keep safe",
                subcommands: [FsckCommand.self, ScrubCommand.self, BackupCommand.self, RestoreCommand.self]),
        ])

    /// Runs the command line; every error ends in `ExitStatus`, so that scripts can rely on the exit codes.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            // Also where the command line could not be understood.
            ExitStatus(error).end(asJSON: CommandLine.arguments.prefix { $0 != "--" }.contains("--json"))
        }
    }
}
