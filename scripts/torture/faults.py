"""Each call that makes something durable fails once."""
import random, re, shutil, threading
from known import Loss
from ledger import Ledger
from server import Gone, Server
from trials import Scratch, Tally, fault_library, inspect, still_serves

#: <errno.h>
NUMBERS = {"EIO": 5, "ENOSPC": 28, "EDQUOT": 122}


def failing_calls(binary, seed, every=1):
    """Has every `every`-th call fail once, with each errno: the request may fail, nothing acknowledged may be lost.

    A server that started has to go on answering: it may refuse writes, it may not end, and it serves what it has.
    """
    tally, faults, ended = Tally("failing calls", seed), [], 0
    acknowledged = Ledger(seed)
    with Scratch() as folder:
        library = fault_library(folder)
        for name, number in NUMBERS.items():
            call = 1 + random.Random(seed).randrange(every)
            while True:
                fault, is_over = one_failing_call(binary, folder / f"{name}-{call}", library, call, number, seed, acknowledged)
                tally.rounds += 1
                if fault is None:
                    break
                faults.append((name, *fault))
                ended += is_over
                call += every
    kinds = sorted({(name, what, place) for name, what, place in faults})
    for name, what, place in kinds:
        count = faults.count((name, what, place))
        print(f"    {name} of {what} on {place}: {count}", flush=True)
    return f"{tally.line(acknowledged, 'runs')}; {len(faults)} faults, of which {ended} kept the server from starting"


def one_failing_call(binary, folder, library, call, number, seed, total):
    """A life of a server in which one call fails; returns what failed, and whether it was at the start."""
    folder.mkdir()
    store, dice, at_start = folder / "store", random.Random(seed), False
    store.mkdir()
    server, ledger = Server(binary, store / "data", log=folder / "server.log").start(), Ledger(f"{seed}-{call}-{number}")
    ledger.set_up(server)
    server.stop()
    server.environment.update(
        LD_PRELOAD=str(library), ASSAY_FAULT_UNDER=str(store), ASSAY_FAULT_AT=str(call), ASSAY_FAULT_ERRNO=str(number))
    try:
        server.start()
        dice.own = "m0"
        ledger.work(server, threading.Event(), dice, faults=True, most=14)
        if server.process.poll() is not None:
            raise Loss(f"the server ended with {server.process.returncode} when call {call} failed with {number}")
        still_serves(server, ledger)
        server.stop()
    except Gone:
        at_start = True
    server.kill()
    for variable in ("LD_PRELOAD", "ASSAY_FAULT_UNDER", "ASSAY_FAULT_AT", "ASSAY_FAULT_ERRNO"):
        del server.environment[variable]
    server.start()
    ledger.verify(server, dice)
    inspect(server, ledger)
    total.acknowledged += ledger.acknowledged
    log = (folder / "server.log").read_text(errors="replace")
    found = re.search(r"fault \d+: (\w+) (\S+)", log)
    shutil.rmtree(folder, ignore_errors=True)
    if not found:
        return None, at_start
    place = re.sub(r"[0-9a-f]{64}|[0-9a-z]{26}", "…", found[2].removeprefix(str(store)))
    return (found[1], re.sub(r"/[0-9a-f]{2}(/|$)", r"/ab\1", place)), at_start
