import Foundation
import RegistryTypes

/// Where a command prints: results on standard output, everything else on standard error.
package struct Console: Sendable {
    /// Whether results are the API's JSON documents.
    package let isJSON: Bool
    /// Whether notes and progress are left out.
    package let isQuiet: Bool
    /// Whether standard output is a terminal that may show colours.
    package let hasColour: Bool
    /// Whether progress is drawn on standard error.
    package let showsProgress: Bool

    /// Looks at the standard streams and at `NO_COLOR` and `TERM`.
    package init(
        isJSON: Bool, isQuiet: Bool, environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        self.isJSON = isJSON
        self.isQuiet = isQuiet
        let isDumb = environment["TERM"] == "dumb"
        // no-color.org: any value but the empty one.
        hasColour = isatty(STDOUT_FILENO) == 1 && environment["NO_COLOR", default: ""].isEmpty && !isDumb && !isJSON
        showsProgress = isatty(STDERR_FILENO) == 1 && !isQuiet && !isJSON && !isDumb
    }

    /// Prints a result and a line end.
    package func print(_ text: String) {
        Self.write(PlainText.clean(text, keepingStyles: hasColour) + "\n", to: .standardOutput)
    }

    /// Prints a line of a result that has no end; tells whether somebody still reads.
    func stream(_ line: String) -> Bool { Self.write(line + "\n", to: .standardOutput) }

    /// Prints a JSON document, exactly as the API would send it.
    package func print(json document: some Encodable) throws {
        Self.write(String(decoding: try StrictJSON.encode(document), as: UTF8.self) + "\n", to: .standardOutput)
    }

    /// Says something that is not the result; silent with --quiet.
    package func note(_ text: String) {
        if !isQuiet { Self.write(PlainText.clean(text) + "\n", to: .standardError) }
    }

    /// Says something that must not be missed, also with --quiet.
    package func warn(_ text: String) {
        Self.write("assay: warning: " + PlainText.clean(text) + "\n", to: .standardError)
    }

    /// Passes on a piece of a log.
    package func passOn(log text: String) {
        if !isQuiet { Self.write(PlainText.clean(text), to: .standardError) }
    }

    /// The text in a style, where colours are shown.
    package func styled(_ text: String, _ style: TerminalStyle) -> String {
        hasColour ? style.sequence + text + TerminalStyle.plain.sequence : text
    }

    /// Starts to show the progress of some work; nothing is drawn unless standard error is a terminal.
    package func progress(_ label: String) -> ProgressDisplay { ProgressDisplay(label: label, isShown: showsProgress) }

    /// A reader that went away (`| head`) is no reason to fail.
    @discardableResult private static func write(_ text: String, to stream: FileHandle) -> Bool {
        (try? stream.write(contentsOf: Data(text.utf8))) != nil
    }
}
