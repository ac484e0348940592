import Foundation
import Reproduction
import SystemPackage
import Testing

/// What a command tries to get out of its sandbox. The scripts print what they were allowed to do, and `done`.
extension ExecutorConformance {
    /// Python that the scripts have in common.
    private static let prelude = """
        import ctypes, fcntl, glob, os, resource, socket, stat, sys, time
        libc = ctypes.CDLL(None, use_errno=True)

        def refused(name, result):
            if result != -1: print('ALLOWED', name, result)

        def fails(name, call, *arguments):
            try: print('ALLOWED', name, call(*arguments))
            except (OSError, ValueError): pass


        """

    /// Runs a script that must be allowed nothing.
    private func expectNothing(
        _ name: String, _ script: String, _ input: (SandboxTrial) throws -> FilePath? = { _ in nil }
    )
        async throws
    {
        guard let trial = try await SandboxTrial(name) else { return }
        defer { trial.remove() }
        let file = try input(trial)
        let run = try await trial.python(Self.prelude + script + "\nprint('done')\n") {
            if let file { $0.inputs = [.init(mount: "given", source: file)] }
        }
        #expect(run.log == "done\n")
        #expect(run.result.ending == .exited(code: 0))
    }

    @Test("calls that need privileges are refused", arguments: names)
    func privilegedCalls(name: String) async throws {
        try await expectNothing(
            name,
            """
            refused('mount', libc.mount(b'none', b'/tmp', b'tmpfs', 0, None))
            refused('remount', libc.mount(b'none', b'/in', None, 0x1020, None))
            refused('umount', libc.umount2(b'/in', 2))
            refused('chroot', libc.chroot(b'/work'))
            # Namespaces of mounts, groups, names, messages, users, processes, networks, times.
            for flag in [0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000, 0x80]:
                refused('unshare %x' % flag, libc.unshare(flag))
            for path in glob.glob('/proc/1/ns/*'):
                try: refused('setns ' + path, libc.setns(os.open(path, os.O_RDONLY), 0))
                except OSError: pass
            refused('swapon', libc.swapon(b'/work/swap', 0))
            refused('acct', libc.acct(b'/work/account'))
            refused('reboot', libc.reboot(0))
            fails('sethostname', socket.sethostname, 'other')
            fails('clock_settime', time.clock_settime, time.CLOCK_REALTIME, time.time())
            fails('a disk', os.mknod, '/out/disk', 0o60600, os.makedev(8, 1))
            fails('memory as a device', os.mknod, '/tmp/mem', 0o20600, os.makedev(1, 1))
            fails('superuser', os.setuid, 0)
            fails('groups', os.setgroups, [0])
            fails('file size', resource.setrlimit, resource.RLIMIT_FSIZE, (-1, -1))
            fails('never out of memory', 
                  lambda: os.write(os.open('/proc/self/oom_score_adj', os.O_WRONLY), b'-1000'))
            """)
    }

    @Test("nothing of the kernel is writable, and no device or memory readable", arguments: names)
    func kernelFiles(name: String) async throws {
        try await expectNothing(
            name,
            """
            # A superuser without capabilities still owns these; through core_pattern it would run programs on the host.
            for top in ['/proc/sys', '/proc/irq', '/proc/bus', '/proc/fs', '/sys']:
                for folder, _, files in os.walk(top):
                    for file in files:
                        path = os.path.join(folder, file)
                        if os.access(path, os.W_OK) and not os.path.islink(path): print('WRITABLE', path)
            for path in ['/proc/sys/kernel/core_pattern', '/proc/sysrq-trigger', '/proc/mtrr']:
                fails('write ' + path, open, path, 'r+b')
            for path in ['/proc/kcore', '/proc/kmsg', '/proc/keys', '/proc/timer_list', '/dev/mem', '/dev/kmem',
                         '/dev/port', '/dev/kmsg'] + glob.glob('/sys/firmware/*/*'):
                try:
                    if not os.path.isdir(path) and open(path, 'rb').read(1): print('READABLE', path)
                except OSError: pass
            known = {'console', 'full', 'null', 'ptmx', 'random', 'tty', 'urandom', 'zero'}
            for folder, _, files in os.walk('/dev'):
                for file in files:
                    path = os.path.join(folder, file)
                    mode = os.lstat(path).st_mode
                    if stat.S_ISBLK(mode) or stat.S_ISCHR(mode) and file not in known and folder != '/dev/pts':
                        print('DEVICE', path)
            """)
    }

    @Test("files of the host are reached by no detour", arguments: names)
    func detours(name: String) async throws {
        let secret = FileManager.default.temporaryDirectory.appending(path: "assay-secret-\(UUID().uuidString)").path
        try Data("secret".utf8).write(to: URL(filePath: secret))
        defer { try? FileManager.default.removeItem(atPath: secret) }
        try await expectNothing(
            name,
            """
            secret = open('/in/given').read()
            ways = ['', '/proc/1/root', '/proc/1/cwd', '/proc/self/root', '/proc/self/cwd/../../../../../..',
                    '/work/../../../../../..', '/in/../../../..', '/dev/fd/0/..', '/proc/thread-self/root']
            for path in [secret, '/etc/shadow', '/root/.ssh', '/home', '/var', '/run/docker.sock', '/boot']:
                for way in ways:
                    if os.path.exists(way + path): print('REACHED', way + path)
            os.symlink(secret, '/work/link')
            fails('link', open, '/work/link')
            for descriptor in range(3, 64): fails('descriptor %d' % descriptor, os.fstat, descriptor)
            """
        ) { trial in
            let file = trial.base.appending(path: "given")
            try Data(secret.utf8).write(to: file)
            return FilePath(file.path)
        }
    }

    @Test("inputs can be changed in no way, nor become outputs by a further name", arguments: names)
    func inputs(name: String) async throws {
        try await expectNothing(
            name,
            """
            fails('link', os.link, '/in/given', '/out/linked')
            fails('link of a descriptor', lambda: os.link('/proc/self/fd/%d' % os.open('/in/given', os.O_RDONLY), '/out/x'))
            fails('rename', os.rename, '/in/given', '/out/renamed')
            fails('remove', os.unlink, '/in/given')
            fails('mode', os.chmod, '/in/given', 0o777)
            fails('owner', os.chown, '/in/given', 1000, 1000)
            fails('times', os.utime, '/in/given', (0, 0))
            fails('length', os.truncate, '/in/given', 0)
            fails('attribute', os.setxattr, '/in/given', 'user.x', b'1')
            fails('reopened', open, '/proc/self/fd/%d' % os.open('/in/given', os.O_RDONLY), 'r+b')
            """
        ) { trial in
            let file = trial.base.appending(path: "given")
            try Data("data".utf8).write(to: file)
            return FilePath(file.path)
        }
    }

    @Test("there is no terminal to type into", arguments: names)
    func terminal(name: String) async throws {
        try await expectNothing(
            name,
            """
            fails('terminal', open, '/dev/tty')
            for descriptor in range(3):
                if os.isatty(descriptor): print('TERMINAL', descriptor)
                # TIOCSTI types into the terminal of whoever started the run.
                fails('TIOCSTI', fcntl.ioctl, descriptor, 0x5412, b'x')
            """)
    }
}
