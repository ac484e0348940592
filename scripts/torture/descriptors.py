"""A server with few descriptors and more clients than it has any for, and a time in which no file can be opened."""
import random, re, resource, socket, threading, time
from known import Loss, Refused
from ledger import Ledger
from server import Client, Gone, Server
from trials import Scratch, Tally, fault_library, inspect

CLIENTS, LIMIT = 200, 512
ALLOWED = {"503 busy", "503 too-many-connections", "the connection ended"}


def few_descriptors(binary, seed):
    """Clients are refused by name, nothing is called damaged; afterwards all is as it was."""
    tally, ledger = Tally("few descriptors", seed), Ledger(seed)
    with Scratch(keep=True) as folder:
        (folder / "store").mkdir()
        server, dice, lack = Server(binary, folder / "store/data", log=folder / "server.log"), random.Random(seed), folder / "lack"
        server.descriptors = LIMIT
        server.environment.update(
            LD_PRELOAD=str(fault_library(folder)), ASSAY_FAULT_UNDER=str(folder / "store"), ASSAY_FAULT_LACK=str(lack))
        server.start()
        ledger.set_up(server)
        refused = crowd(server, ledger)
        expect_sound(server, refused)
        flood(server)
        expect_sound(server, refused)
        dice.own = "m0"
        ledger.work(server, threading.Event(), dice, most=30)
        lack.touch()
        lacking = read_without(server, ledger)
        lack.unlink()
        expect_sound(server, lacking)
        ledger.work(server, threading.Event(), dice, most=30)
        ledger.verify(server, dice)
        tally.rounds = CLIENTS
        inspect(server, ledger)
    counts = ", ".join(f"{count} × {what}" for what, count in sorted(refused.items()))
    lacked = ", ".join(f"{count} × {what}" for what, count in sorted(lacking.items()))
    return f"{tally.line(ledger, 'clients')}; {counts}; without descriptors: {lacked}"


def expect_sound(server, refused):
    if not refused or set(refused) - ALLOWED:
        raise Loss(f"without descriptors requests are refused as busy, not with {refused}")
    if server.process.poll() is not None:
        raise Loss(f"the server ended with {server.process.returncode} for lack of descriptors")
    if server.probe("/readyz") != 200:
        raise Loss("the server is not ready when it has descriptors again")


def flood(server):
    """Many more connections than it has descriptors, which ask for nothing and are held."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    for _ in range(3):
        held = []
        for _ in range(2000):
            connection = socket.socket()
            connection.setblocking(False)
            connection.connect_ex(("127.0.0.1", server.port))
            held.append(connection)
        time.sleep(1)
        for connection in held:
            connection.close()
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def code(status, answer):
    found = re.search(r"code\W+([a-z-]+)", str(answer))
    return f"{status} {found[1] if found else answer}"


def crowd(server, ledger):
    """Has all clients write at once, each over connections of its own; returns how often they were refused how."""
    refused, all_there = {}, threading.Barrier(CLIENTS)

    def note(what):
        with ledger.lock:
            refused[what] = refused.get(what, 0) + 1

    def body(index):
        dice = random.Random(f"{ledger.seed}-{index}")
        ada = Client(server.port, ledger.tokens["ada"])
        all_there.wait()
        for _ in range(5):
            try:
                ledger.blobs.use_session(ada, dice) if dice.random() < 0.5 else ledger.blobs.put(ada, dice)
            except Refused as error:
                note(code(error.status, error))
            except Gone:
                note("the connection ended")
        ada.close()

    threads = [threading.Thread(target=body, args=(index,)) for index in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


def read_without(server, ledger):
    """Reads, writes and checks while no file can be opened; returns how often that was refused how."""
    refused = {}
    olga, ada, root = (Client(server.port, ledger.tokens[name]) for name in ("olga", "ada", "root"))
    answers = [ada.ask("GET", ledger.blobs.path(f"blobs/sha256:{digest}")) for digest in list(ledger.blobs.known)[-10:]]
    answers.append(ada.ask("PUT", ledger.blobs.path(f"blobs/sha256:{'0' * 64}"), b"bytes"))
    answers += [olga.ask("GET", ledger.versions.path(place, "/files/part0.bin")) for place in list(ledger.versions.known)[-10:]]
    for status, _, answer in answers:
        if status not in (200, 404, 410):
            what = code(status, answer)
            refused[what] = refused.get(what, 0) + 1
    status, check = root.json("POST", "fsck", {"readData": True})
    while status == 202 and check["state"] in ("queued", "running"):
        time.sleep(0.02)
        _, check = root.json("GET", f"fsck/{check['id']}")
    if status == 202 and check["state"] != "failed":
        raise Loss(f"a check without descriptors calls things damaged: {check}")
    for client in (olga, ada, root):
        client.close()
    return refused
