package import SystemPackage

/// One command to run in a sandbox, with everything it may see and use.
///
/// All paths of the host are given by the caller and trusted: symbolic links in them are followed.
package struct ExecutionRequest: Sendable {
    /// A file or folder shown read-only to the command.
    package struct Input: Sendable, Hashable {
        /// Where it appears below `/in`, for example `data/train.csv`.
        package var mount: String
        /// The file or folder on the host.
        package var source: FilePath

        /// Creates an input.
        package init(mount: String, source: FilePath) {
            self.mount = mount
            self.source = source
        }
    }

    /// The file system the command runs on.
    package enum Root: Sendable, Hashable {
        /// Programs and libraries of the host, read-only (`/usr` without `/usr/local`, and what it needs from `/etc`).
        case host
        /// An unpacked root file system, read-only.
        case folder(FilePath)
    }

    /// The program and its arguments; there is no shell. A name without `/` is looked up in `PATH` inside the sandbox.
    package var command: [String]
    /// The complete environment, except that `PWD` is always the working folder.
    package var environment: [String: String]
    /// The folder shown writable at `/work`, where the command starts.
    package var workFolder: FilePath
    /// The folder below `/work` where the command starts, for example `training`; nil means `/work` itself.
    package var startFolder: String?
    /// The folder shown writable at `/out`.
    package var outputFolder: FilePath
    /// What is shown read-only below `/in`.
    package var inputs: [Input]
    /// The file shown read-only at `/params.json`, if any.
    package var parametersFile: FilePath?
    /// The file system the command runs on.
    package var root: Root
    /// Whether the devices of graphics processors are shown.
    package var needsGPU = false
    /// What the run may use at most.
    package var limits: ResourceLimits
    /// When the run is stopped.
    package var timeouts: ExecutionTimeouts
    /// How many bytes of log are passed on before it is cut, 8 MiB unless told.
    package var logLimit: Int

    /// Creates a request.
    package init(
        command: [String],
        environment: [String: String],
        workFolder: FilePath,
        startFolder: String? = nil,
        outputFolder: FilePath,
        inputs: [Input] = [],
        parametersFile: FilePath? = nil,
        root: Root = .host,
        limits: ResourceLimits = ResourceLimits(),
        timeouts: ExecutionTimeouts = ExecutionTimeouts(),
        logLimit: Int = 8 << 20
    ) {
        self.command = command
        self.environment = environment
        self.workFolder = workFolder
        self.startFolder = startFolder
        self.outputFolder = outputFolder
        self.inputs = inputs
        self.parametersFile = parametersFile
        self.root = root
        self.limits = limits
        self.timeouts = timeouts
        self.logLimit = logLimit
    }
}
