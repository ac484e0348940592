import Foundation

/// The running bubblewrap of one request.
struct BubblewrapSandbox: Sandbox {
    let folder: RunFolder
    let group: ControlGroup

    func startedProcess() async -> pid_t? { firstProcess }

    var firstProcess: pid_t? { folder.status().firstProcess }

    func observe() {}

    func kill(launcher: pid_t) {
        _ = Foundation.kill(launcher, SIGKILL)
        group.kill()
    }
}
