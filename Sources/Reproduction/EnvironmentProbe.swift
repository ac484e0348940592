import Foundation
import RegistryTypes
package import SystemPackage

/// Asks the interpreter of a run what is installed beside it and which code its BLAS chose, inside the same sandbox.
///
/// It executes nothing of the recipe: a fixed script, in isolated mode, in an empty folder. It sees no input. A run
/// without Python, or whose Python does not answer, has no such facts.
package struct EnvironmentProbe: Sendable {
    let executor: any Executor
    /// The sandbox of the run, of which root, environment and limits are taken.
    let request: ExecutionRequest
    /// A folder of the run's workspace for the empty folders of the probe.
    let workspace: FilePath

    /// Prepares a probe; nothing runs yet.
    package init(executor: any Executor, request: ExecutionRequest, workspace: FilePath) {
        self.executor = executor
        self.request = request
        self.workspace = workspace
    }

    /// The most facts that are believed, and the longest of them in bytes.
    private static let mostFacts = 2000
    private static let longestFact = 200
    private static let mark = "assay-facts "

    /// Prints one line of JSON: versions of the interpreter, its distributions, and OpenBLAS where NumPy loads it.
    private static let script = """
        import json
        import os
        import sys
        sys.path[:0] = filter(None, [os.environ.get("PYTHONPATH")])
        from importlib import metadata
        facts = {"python": sys.version.split()[0]}
        try:
            facts["libc"] = os.confstr("CS_GNU_LIBC_VERSION")
        except (AttributeError, OSError, ValueError):
            pass
        for found in metadata.distributions():
            name = found.metadata["Name"]
            if name:
                facts["python." + name.lower().replace("_", "-")] = str(found.version)
        try:
            import ctypes
            import numpy
            with open("/proc/self/maps") as maps:
                paths = sorted({line.split(None, 5)[5].strip() for line in maps if "blas" in line.lower()})
            for path in paths:
                library = ctypes.CDLL(path)
                facts.setdefault("blas.library", path.rsplit("/", 1)[-1])
                for prefix in ("", "scipy_"):
                    for suffix in ("", "64_"):
                        for fact, name in (("kernel", "corename"), ("build", "config")):
                            try:
                                call = getattr(library, prefix + "openblas_get_" + name + suffix)
                            except AttributeError:
                                continue
                            call.restype = ctypes.c_char_p
                            facts["blas." + fact] = call().decode()
        except Exception:
            pass
        print("\(mark)" + json.dumps(facts))
        """

    /// The facts; empty if there are none to be had.
    package func facts() async -> [String: String] {
        guard let program = request.command.first, FilePath(program).lastComponent?.string.hasPrefix("python") == true,
            let work = try? folder("probe-work"), let out = try? folder("probe-out")
        else { return [:] }
        var request = request
        request.command = [program, "-I", "-c", Self.script]
        request.workFolder = work
        request.outputFolder = out
        request.startFolder = nil
        request.inputs = request.inputs.filter { $0.mount == Recipe.Python.wheelsInput }
        request.parametersFile = nil
        request.timeouts = ExecutionTimeouts(wallSeconds: 60, idleSeconds: 60, killGraceSeconds: 1)
        let log = ProbeLog()
        guard let result = try? await executor.execute(request, log: { await log.add($0) }),
            result.failureReason == nil
        else { return [:] }
        return Self.parse(await log.text)
    }

    /// Takes what the script printed; anything else is no fact.
    package static func parse(_ output: String) -> [String: String] {
        guard let line = output.split(separator: "\n").last(where: { $0.hasPrefix(mark) }),
            let found = try? JSONParser.parse(Data(line.dropFirst(mark.count).utf8)).object
        else { return [:] }
        let facts = found.compactMapValues(\.string).filter { name, value in
            name.utf8.count <= longestFact && value.utf8.count <= longestFact && !value.isEmpty
                && (name == "python" || name == "libc" || name.hasPrefix("python.") || name.hasPrefix("blas."))
        }
        return facts.count <= mostFacts ? facts : [:]
    }

    private func folder(_ name: String) throws -> FilePath {
        let folder = workspace.appending(name)
        try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: false)
        return folder
    }
}

/// What a probe printed.
private actor ProbeLog {
    var text = ""

    func add(_ piece: String) { text += piece }
}
