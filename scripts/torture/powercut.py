"""Power cuts: a loop-mounted ext4 that is shut down without writing out what was not synced."""
import fcntl, os, shutil, struct, subprocess
from pathlib import Path
from known import Loss, Refused
from ledger import Ledger
from server import Gone, Server
from trials import SMALL_DISK, Scratch, Tally, fault_library, under_fire

# <linux/fs.h> of ext4: shut the file system down; 2 leaves out even the journal's flush.
EXT4_IOC_SHUTDOWN, NOLOGFLUSH = 0x8004587D, 2


class Disk:
    """An ext4 in a file, which takes room only for what is written. Needs root."""

    def __init__(self, folder, mib=4096, options="defaults"):
        self.options = options
        self.image, self.mount_point = folder / "disk.img", folder / "disk"
        self.mount_point.mkdir()
        with open(self.image, "wb") as file:
            file.truncate(mib << 20)
        subprocess.run(["mkfs.ext4", "-q", "-F", self.image], check=True)
        self.device = None

    def mount(self):
        # A device of its own each time: where another process's view of the mounts still holds the old one, mounting
        # that again would give back the file system that was shut down.
        self.device = subprocess.run(
            ["losetup", "--find", "--show", self.image], check=True, capture_output=True, text=True).stdout.strip()
        subprocess.run(["mount", "-o", self.options, self.device, self.mount_point], check=True)

    def cut(self):
        """All that was not synced is gone."""
        descriptor = os.open(self.mount_point, os.O_RDONLY)
        try:
            fcntl.ioctl(descriptor, EXT4_IOC_SHUTDOWN, struct.pack("I", NOLOGFLUSH))
        finally:
            os.close(descriptor)

    def become_read_only(self):
        """As ext4 does when it finds that its own structures are damaged."""
        Path(f"/sys/fs/ext4/{Path(self.device).name}/trigger_fs_error").write_text("torture")

    def repair(self):
        """Checks the file system, which has to be unmounted."""
        done = subprocess.run(["e2fsck", "-f", "-y", self.image], capture_output=True, text=True)
        if done.returncode not in (0, 1):
            raise AssertionError(f"e2fsck ended with {done.returncode}: {done.stdout[-300:]}")

    def unmount(self):
        if self.device:
            subprocess.run(["umount", self.mount_point], check=True)
            subprocess.run(["losetup", "--detach", self.device], check=True)
            self.device = None


def missing():
    """Why power cuts cannot be had here; None where they can."""
    if os.geteuid() != 0:
        return "they need root"
    for tool in ("mkfs.ext4", "e2fsck", "mount", "losetup"):
        if not shutil.which(tool):
            return f"{tool} is not installed"
    return None


def power_cuts(binary, rounds, seed, lose=None):
    """Cuts the power while the server is written to; returns the tally's line and what was lost.

    - lose: which syncs do nothing, for the counter-trials that must lose something.
    """
    name = {None: "power cut", "wal": "power cut, log not synced", "blobs": "power cut, blobs not synced"}[lose]
    tally = Tally(name, seed)
    with Scratch() as folder:
        disk = Disk(folder)
        disk.mount()
        data = disk.mount_point / "data"
        server, ledger = Server(binary, data, arguments=SMALL_DISK, log=folder / "server.log"), Ledger(seed)

        def cut():
            # Where the power is gone nobody hears anything: an answer must not come after the cut, as it could from a
            # kernel that takes the journal's end for its commit.
            server.freeze()
            disk.cut()
            server.kill()

        def revive():
            disk.unmount()
            disk.mount()

        try:
            # The token file must outlive cuts that come before the first sync of its folder.
            server.start()
            ledger.set_up(server)
            server.stop()
            os.sync()
            if lose:
                server.environment.update(
                    LD_PRELOAD=str(fault_library(folder)), ASSAY_FAULT_UNDER=str(data), ASSAY_FAULT_LOSE=lose)
            server.start()
            under_fire(server, ledger, tally, rounds, folder, cut, revive)
        except (Loss, Gone, Refused) as loss:
            tally.losses.append(str(loss))
        finally:
            server.kill()
            disk.unmount()
    if not lose and ledger.acknowledged < 10 * tally.rounds:
        raise AssertionError(f"only {ledger.acknowledged} writes in {tally.rounds} rounds: that proves nothing")
    return tally.line(ledger, "cuts"), tally.losses
