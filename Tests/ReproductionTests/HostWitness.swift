import Foundation
import Testing

/// A process on the host that a sandbox must not notice: it listens, shares memory, and carries a word in its arguments
/// and its environment.
struct HostWitness {
    let word = "witness-\(UUID().uuidString)"
    /// The serial number of the session's keyring, or -1 where the kernel has none.
    let keyring: Int
    /// The key of the shared memory.
    let memory: Int
    /// The host's number of the process.
    let identifier: pid_t
    private let process = Process()

    private static let script = """
        import ctypes, os, platform, random, socket, sys
        libc = ctypes.CDLL(None, use_errno=True)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind('\\0' + sys.argv[1])
        listener.listen()
        memory = random.randrange(1 << 20, 1 << 30)
        segment = libc.shmget(memory, 4096, 0o1666)
        number = {'x86_64': 250, 'aarch64': 219}.get(platform.machine())
        keyring = libc.syscall(number, 0, -3, 0) if number else -1
        print(keyring, memory, flush=True)
        sys.stdin.read()
        libc.shmctl(segment, 0, None)
        """

    init() throws {
        let (answers, questions) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = ["-c", Self.script, word]
        process.environment = ["WORD": word]
        process.standardOutput = answers
        process.standardInput = questions
        try process.run()
        identifier = process.processIdentifier
        let line = String(decoding: answers.fileHandleForReading.availableData, as: UTF8.self)
        let numbers = line.split { $0.isWhitespace }.compactMap { Int($0) }
        try #require(numbers.count == 2, "\(line)")
        (keyring, memory) = (numbers[0], numbers[1])
    }

    /// Ends the process.
    func end() {
        try? (process.standardInput as? Pipe)?.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}
