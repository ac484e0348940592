"""One byte after the other changes behind the server's back: each change of a blob is found, and none is served."""
import os, random, shutil, subprocess
from known import Loss, content
from ledger import Ledger
from server import Gone, Server
from trials import Scratch, Tally


def flip(path, offset):
    """Changes one byte of a file, also of one that nobody may write."""
    os.chmod(path, 0o640)
    with open(path, "r+b") as file:
        file.seek(offset)
        byte = file.read(1)
        file.seek(offset)
        file.write(bytes([byte[0] ^ (1 << random.randrange(8))]))


def sound_folder(binary, folder, seed):
    """A data folder with some of everything, and its ledger; the server is stopped."""
    import threading
    server, ledger = Server(binary, folder / "data", grace=3600).start(), Ledger(seed)
    ledger.set_up(server)
    dice = random.Random(seed)
    dice.own = "m0"
    ledger.work(server, threading.Event(), dice, most=60)
    server.stop()
    return server, ledger


def blob_flips(binary, rounds, seed):
    """Changes a byte of a blob: the offline check names it, and no client gets the wrong bytes as a whole file."""
    tally, dice = Tally("flipped bytes of blobs", seed), random.Random(seed)
    with Scratch() as folder:
        server, ledger = sound_folder(binary, folder, seed)
        digests = sorted(digest for digest, (_, size, _) in ledger.blobs.known.items() if size and ledger.blobs.must_be_there(digest))
        for _ in range(rounds):
            digest = dice.choice(digests)
            source, size, _ = ledger.blobs.known[digest]
            path = server.data / "blobs/sha256" / digest[:2] / digest
            whole = path.read_bytes()
            flip(path, dice.randrange(size))
            check = subprocess.run(
                [binary, "fsck", "--data", server.data, "--read-data", "--json"], capture_output=True, text=True)
            if check.returncode != 5 or digest not in check.stdout:
                raise Loss(f"fsck did not find a changed byte of {digest}: {check.returncode} {check.stdout[:300]}")
            server.start()
            admin = server.admin()
            try:
                status, _, data = admin.ask("GET", f"namespaces/{ledger.NAMESPACE}/blobs/sha256:{digest}")
                if status == 200 and data != content(source, size):
                    raise Loss(f"wrong bytes of {digest} were served as a whole file")
            except Gone:
                pass  # The connection was cut before the file was whole.
            again = admin.ask("PUT", f"namespaces/{ledger.NAMESPACE}/blobs/sha256:{digest}", whole)
            status, _, data = admin.ask("GET", f"namespaces/{ledger.NAMESPACE}/blobs/sha256:{digest}")
            if again[0] not in (200, 201) or data != content(source, size):
                raise Loss(f"pushing {digest} again did not mend it: {again[0]}, {status}")
            admin.close()
            server.stop()
            tally.rounds += 1
    return tally.line(ledger, "flips, all found and mended")


def page_flips(binary, rounds, seed):
    """Changes a byte of the database: it is found, or it changes nothing that was acknowledged."""
    tally, dice, found, harmless = Tally("flipped bytes of the database", seed), random.Random(seed), 0, 0
    with Scratch() as folder:
        server, ledger = sound_folder(binary, folder, seed)
        for _ in range(rounds):
            copy = folder / "copy"
            shutil.copytree(server.data, copy)
            database = copy / "meta.db"
            flip(database, dice.randrange(database.stat().st_size))
            check = subprocess.run([binary, "fsck", "--data", copy, "--json"], capture_output=True, text=True)
            if check.returncode not in (0, 5):
                # It cannot be opened at all, which is said, and the server does not start either.
                found += 1
            elif check.returncode == 5:
                found += 1
            else:
                other = Server(binary, copy, grace=3600)
                try:
                    other.start()
                    ledger.verify(other, dice, settle=False)
                    harmless += 1
                finally:
                    other.kill()
            shutil.rmtree(copy)
            tally.rounds += 1
    return f"{tally.line(ledger, 'flips')}; {found} found, {harmless} changed nothing that was acknowledged"
