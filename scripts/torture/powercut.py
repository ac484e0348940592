"""Power cuts: a loop-mounted ext4 that is shut down without writing out what was not synced."""
import fcntl, os, random, shutil, struct, subprocess
from ledger import Ledger, Loss, Refused
from server import Gone, Server
from trials import SMALL_DISK, Scratch, Tally, fault_library, inspect, work_until_killed

# <linux/fs.h> of ext4: shut the file system down; 2 leaves out even the journal's flush.
EXT4_IOC_SHUTDOWN, NOLOGFLUSH = 0x8004587D, 2


class Disk:
    """An ext4 in a file. Needs root."""

    def __init__(self, folder, mib=512):
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
        subprocess.run(["mount", self.device, self.mount_point], check=True)

    def cut(self):
        """All that was not synced is gone."""
        descriptor = os.open(self.mount_point, os.O_RDONLY)
        try:
            fcntl.ioctl(descriptor, EXT4_IOC_SHUTDOWN, struct.pack("I", NOLOGFLUSH))
        finally:
            os.close(descriptor)

    def unmount(self):
        if self.device:
            subprocess.run(["umount", self.mount_point], check=True)
            subprocess.run(["losetup", "--detach", self.device], check=True)
            self.device = None


def missing():
    """Why power cuts cannot be had here; None where they can."""
    if os.geteuid() != 0:
        return "they need root"
    for tool in ("mkfs.ext4", "mount"):
        if not shutil.which(tool):
            return f"{tool} is not installed"
    return None


def power_cuts(binary, rounds, seed, lose=None):
    """Cuts the power while the server is written to; returns the tally's line and how many rounds lost something.

    - lose: which syncs do nothing, for the counter-trials that must lose something.
    """
    name = {None: "power cut", "wal": "power cut, log not synced", "blobs": "power cut, blobs not synced"}[lose]
    dice, tally = random.Random(seed), Tally(name, seed)
    with Scratch() as folder:
        disk = Disk(folder)
        disk.mount()
        data = disk.mount_point / "data"
        server, ledger = Server(binary, data, arguments=SMALL_DISK, log=folder / "server.log"), Ledger(seed)
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
            for number in range(rounds):
                def cut():
                    disk.cut()
                    server.kill()
                try:
                    work_until_killed(server, ledger, dice.uniform(0.05, 0.4), cut)
                except Refused:
                    pass  # Requests that came between the cut and the kill.
                disk.unmount()
                disk.mount()
                tally.rounds += 1
                try:
                    server.start()
                    tally.started(server)
                    ledger.verify(server, dice)
                    if number % 25 == 24 or number == rounds - 1:
                        inspect(server)
                        server.start()
                except (Loss, Gone) as loss:
                    tally.losses.append(str(loss))
                    if lose or len(tally.losses) >= 3:
                        break
        finally:
            server.kill()
            disk.unmount()
    if ledger.acknowledged < 10 * tally.rounds:
        raise AssertionError(f"only {ledger.acknowledged} writes in {tally.rounds} rounds: that proves nothing")
    return tally.line(ledger, "cuts"), tally.losses
