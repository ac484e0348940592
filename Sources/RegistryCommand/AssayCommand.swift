import ArgumentParser

/// The command line's root.
@main
struct AssayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "assay",
        abstract: "A model registry and artifact store that can prove what it serves.",
        subcommands: [DoctorCommand.self])
}
