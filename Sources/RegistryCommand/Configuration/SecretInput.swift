import Foundation
import RegistryTypes

/// Takes secrets from files and from the keyboard, never from arguments.
enum SecretInput {
    /// The first line of a file, or of standard input for `-`.
    static func read(file: String) throws -> String {
        let data: Data?
        if file == "-" {
            data = try? FileHandle.standardInput.read(upToCount: 1 << 15)
        } else {
            let handle = FileHandle(forReadingAtPath: file)
            guard let handle else {
                throw RegistryError(.invalidPath, "\(file) cannot be read; it should hold the token in its first line")
            }
            data = try? handle.read(upToCount: 1 << 15)
        }
        return firstLine(of: String(decoding: data ?? Data(), as: UTF8.self))
    }

    /// Asks on the terminal without echo; without a terminal, the first line of standard input.
    static func prompt(_ question: String) throws -> String {
        guard isatty(STDIN_FILENO) == 1 else { return try read(file: "-") }
        try? FileHandle.standardError.write(contentsOf: Data(question.utf8))
        var before = termios()
        guard tcgetattr(STDIN_FILENO, &before) == 0 else { return try read(file: "-") }
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
            try? FileHandle.standardError.write(contentsOf: Data("\n".utf8))
        }
        return firstLine(of: readLine() ?? "")
    }

    private static func firstLine(of text: String) -> String {
        let line = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false).first ?? ""
        return line.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
